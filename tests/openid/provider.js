// A real OpenID provider on this machine: `node provider.js PORT REDIRECT`. Who logs in gets the roles that stand in his
// name: "olga+operators+x" is olga with two roles. Any password is good.
import { Provider } from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const person = (id) => {
  const [name, ...roles] = id.split('+');
  return { sub: `subject of ${name}`, preferred_username: name, roles };
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'busbar', client_secret: 'a secret: 100% & more', redirect_uris: [redirect] }],
  claims: { openid: ['sub'], profile: ['preferred_username'], roles: ['roles'] },
  pkce: { required: () => true },
  cookies: { keys: ['of the test'] },
  findAccount: (context, id) => ({ accountId: id, claims: () => person(id) }),
});
provider.listen(port, '127.0.0.1', () => console.log('listening'));
