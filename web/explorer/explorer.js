// The API's document with Swagger UI. Requests that change something carry the token that the login answered.
"use strict";

let csrf = "";
const who = document.getElementById("who");

async function logIn(event) {
  event.preventDefault();
  const wanted = Object.fromEntries(new FormData(event.target));
  const answer = await fetch("/api/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wanted),
  });
  const body = await answer.json();
  if (!answer.ok) {
    who.textContent = body.detail;
    return;
  }
  csrf = body.csrf;
  who.textContent = `${body.user} is logged in as ${body.role}.`;
  event.target.elements.password.value = "";
}

document.getElementById("login").addEventListener("submit", logIn);

SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tagsSorter: "alpha",
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (csrf) request.headers["x-csrf-token"] = csrf;
    return request;
  },
});
