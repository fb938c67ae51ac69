#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/session.hpp"
#include "store/client/client.hpp"
#include "store/client/reply_reader.hpp"

namespace busbar::store {

/// One connection to the store as a session without hands: commands and octets in, octets and answers out, in order.
class RespSession : public net::Session {
public:
    /// Gets those who still wait, to be told once the owner knows that the connection is gone.
    using OnDisconnected = std::function<void(const std::string& reason, AnswerQueue waiting)>;

    RespSession(const ClientOptions& options, OnDisconnected on_disconnected, TimePoint now);

    /// Commands are appended here; `expect` says who hears the answers to what was appended since the last one.
    CommandBuffer& commands() { return commands_; }
    void expect(ReplyHandler handler, TimePoint now);
    void expect(std::size_t replies, BatchHandler handler, TimePoint now);
    /// From now on the store pushes messages; only PINGs are answered. What was appended needs no `expect`.
    void push_to(PushHandler handler);
    const AnswerQueue& answers() const { return answers_; }
    /// Nobody hears anything of this session any more; returns who was waiting.
    AnswerQueue abandon();

    void receive(Octets octets, TimePoint now) override;
    void on_deadline(TimePoint now) override;
    void take_output(OctetBuffer& into, TimePoint now) override;
    std::optional<TimePoint> next_deadline() const override;
    std::optional<std::string> closed() const override { return closed_; }
    std::optional<std::string> barred(TimePoint) const override { return barred_ ? barred_() : std::nullopt; }
    void disconnected(const std::string& reason, TimePoint now) override;

private:
    bool take_reply(const Reply& reply);
    void push(const Reply& reply);
    std::size_t newly_appended();
    std::optional<TimePoint> answer_due() const;
    std::optional<TimePoint> ping_due() const;

    Duration answer_limit_, ping_every_;
    std::function<std::optional<std::string>()> barred_;
    OnDisconnected on_disconnected_;
    ReplyReader reader_;
    CommandBuffer commands_;
    std::size_t counted_ = 0;  // of commands_, by `expect`
    AnswerQueue answers_;
    std::shared_ptr<const PushHandler> push_handler_;  // may be replaced while it runs
    TimePoint last_heard_;
    std::optional<std::string> closed_;
    bool abandoned_ = false;
};

}  // namespace busbar::store
