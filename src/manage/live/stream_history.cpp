#include "manage/live/stream_history.hpp"

#include <vector>

namespace busbar::manage {

void StreamHistory::ask(Question question, std::function<void(Outcome<Found>)> done) {
    if (!store_.is_connected()) return done(refuse(Problem::Kind::unavailable, "store_away", "the store is away"));
    read(std::make_shared<Work>(Work{std::move(question), std::move(done)}));
}

void StreamHistory::read(const std::shared_ptr<Work>& work) {
    const Question& question = work->question;
    const std::string from = to_string(question.from), to = to_string(question.to),
                      count = std::to_string(read_at_once);
    const auto answer = guarded([this, work](const store::Reply& reply) { take(work, reply); });
    if (question.newest_first) {
        store_.client().command({"XREVRANGE", question.stream, to, from, "COUNT", count}, answer);
    } else {
        store_.client().command({"XRANGE", question.stream, from, to, "COUNT", count}, answer);
    }
}

void StreamHistory::take(const std::shared_ptr<Work>& work, const store::Reply& reply) {
    if (!reply.is_good())
        return work->done(refuse(Problem::Kind::unavailable, "store_away", std::string(reply.text())));
    Question& question = work->question;
    std::optional<store::StreamId> last;
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    for (const store::Reply& entry : reply.children()) {
        const auto id =
            entry.children().size() == 2 ? store::parse_stream_id(entry.children()[0].text()) : std::nullopt;
        if (!id) continue;
        last = id;
        fields.clear();
        const auto texts = entry.children()[1].children();
        for (std::size_t at = 0; at + 1 < texts.size(); at += 2)
            fields.emplace_back(texts[at].text(), texts[at + 1].text());
        if (question.take(*id, fields)) ++work->found;
        if (++work->looked_at >= read_at_most || work->found >= question.limit) return work->done(Found{last});
    }
    if (!last || reply.children().size() < read_at_once) return work->done(Found{});
    (question.newest_first ? question.to : question.from) = question.newest_first ? id_before(*last) : id_after(*last);
    read(work);
}

store::StreamId id_before(store::StreamId id) {
    if (id.sequence > 0) return {id.milliseconds, id.sequence - 1};
    return id.milliseconds == 0 ? store::StreamId{} : store::StreamId{id.milliseconds - 1, ~std::uint64_t{0}};
}

store::StreamId id_after(store::StreamId id) {
    return id.sequence == ~std::uint64_t{0} ? store::StreamId{id.milliseconds + 1, 0}
                                            : store::StreamId{id.milliseconds, id.sequence + 1};
}

}  // namespace busbar::manage
