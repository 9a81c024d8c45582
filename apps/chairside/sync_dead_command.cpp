#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "common.hpp"
#include "sync_command.hpp"

namespace chairside {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::int64_t kPage = 500;

// Calls f for every dead letter, a page at a time; the service may be running meanwhile.
template <typename F>
Result<std::int64_t> each_dead(const Config& config, F&& f) {
    const auto store = Store::open_read_only(config.storage.path);
    if (!store) return tl::unexpected(store.error());
    std::int64_t count = 0, after = 0;
    for (;;) {
        const auto page = (*store)->dead_letters(kPage, after);
        if (!page) return tl::unexpected(page.error());
        if (page->empty()) return count;
        for (const auto& letter : *page)
            f(letter);
        count += static_cast<std::int64_t>(page->size());
        after = page->back().row.sequence;
    }
}

int list(const std::string& file) {
    const auto config = sync_config(file);
    if (!config) return kExitConfig;
    const auto count = each_dead(*config, [](const DeadLetter& letter) {
        std::printf("%-8lld %s  event %s revision %d  HTTP %d %s  %s\n",
                    static_cast<long long>(letter.row.sequence), format_utc(letter.died).c_str(),
                    letter.row.event.to_string().c_str(), letter.row.revision, letter.why.http,
                    letter.why.sqlstate.c_str(), letter.why.reason.c_str());
    });
    if (!count) return complain(count.error(), kExitFailed);
    std::printf(*count == 0 ? "no dead letters\n" : "%lld dead letters\n", static_cast<long long>(*count));
    return kExitOk;
}

Json to_json(const DeadLetter& letter) {
    const Json body = Json::parse(letter.row.body, nullptr, false);
    return {{"sequence", letter.row.sequence},
            {"event_id", letter.row.event.to_string()},
            {"revision", letter.row.revision},
            {"written_at", format_utc(letter.created)},
            {"died_at", format_utc(letter.died)},
            {"reason", letter.why.reason},
            {"http", letter.why.http},
            {"sqlstate", letter.why.sqlstate},
            {"body", body.is_discarded() ? Json(letter.row.body) : body}};
}

int export_all(const std::string& file, const std::string& out) {
    const auto config = sync_config(file);
    if (!config) return kExitConfig;
    std::FILE* to = out.empty() ? stdout : std::fopen(out.c_str(), "w");
    if (to == nullptr) return complain({ErrorKind::kIo, out + ": cannot be written"}, kExitFailed);
    const auto count = each_dead(*config, [&](const DeadLetter& letter) {
        std::fprintf(to, "%s\n",
                     to_json(letter).dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    });
    const bool whole = out.empty() ? std::fflush(to) == 0 : std::fclose(to) == 0;
    if (!count) return complain(count.error(), kExitFailed);
    if (!whole) return complain({ErrorKind::kIo, out + ": could not be written to its end"}, kExitFailed);
    if (!out.empty()) std::printf("%lld dead letters in %s\n", static_cast<long long>(*count), out.c_str());
    return kExitOk;
}

int retry(const std::string& file, const std::vector<std::int64_t>& sequences) {
    const auto config = sync_config(file);
    if (!config) return kExitConfig;
    auto store = open_store(*config);
    if (service_holds(store)) return hand_over(*config, {true, sequences}, "the service sends them again");
    if (!store) return complain(store.error(), kExitFailed);
    const auto revived = (*store)->revive(sequences);
    if (!revived) return complain(revived.error(), kExitFailed);
    std::printf("%lld rows are in the outbox again\n", static_cast<long long>(*revived));
    return kExitOk;
}

}  // namespace

void add_sync_dead(CLI::App& sync, Action& action) {
    auto* dead =
        sync.add_subcommand("dead", "Rows that the server will not take; they are kept with the reason");
    dead->require_subcommand(1);
    const auto file = std::make_shared<std::string>();
    auto* list_cmd =
        with_config(*dead, "list", "Show them: number, when, which event, what the server said", file);
    list_cmd->callback([=, &action] { action = [=] { return list(*file); }; });

    const auto sequences = std::make_shared<std::vector<std::int64_t>>();
    auto* retry_cmd = with_config(
        *dead, "retry", "Back into the outbox at their old place, after the cause was put right", file);
    retry_cmd->add_option("number", *sequences, "Numbers from the list; none: all")
        ->check(CLI::PositiveNumber);
    retry_cmd->callback([=, &action] { action = [=] { return retry(*file, *sequences); }; });

    const auto out = std::make_shared<std::string>();
    auto* export_cmd = with_config(*dead, "export", "Write them as JSON lines, with their bodies", file);
    export_cmd->add_option("-o,--out", *out, "File; left out: standard output");
    export_cmd->callback([=, &action] { action = [=] { return export_all(*file, *out); }; });
}

}  // namespace chairside
