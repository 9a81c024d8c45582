#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include "audit/audit_words.hpp"
#include "audit/event_file.hpp"
#include "audit/hand_counts.hpp"
#include "commands.hpp"
#include "common.hpp"
#include "store/store.hpp"

namespace chairside {
namespace {

using std::chrono::hours;

struct EvalFlags {
    std::string hand, config, events, date, from, to, begin, timezone = "local";
    bool json = false;
    std::size_t list = 20;
    double max_error = -1;  // percent; below 0: not asked for
};

// What both sources of events give.
struct Counted {
    Timeline timeline;
    std::vector<KnownZone> zones;
    std::string name;
    AuditScope scope;
    std::vector<AuditedEvent> events;
};

int complain_all(const std::vector<std::string>& faults) {
    for (const std::string& fault : faults)
        std::fprintf(stderr, "%s\n", fault.c_str());
    std::fprintf(stderr, "chairside: %zu %s; nothing was compared\n", faults.size(),
                 faults.size() == 1 ? "error" : "errors");
    return kExitConfig;
}

Result<std::string> content_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) return fail(ErrorKind::kNotFound, file + ": cannot be read");
    return text;
}

AuditedEvent audited(const StoredEvent& stored) {
    const Event& e = stored.event;
    return {e.id.to_string(),  e.zone,       e.type,    e.start,
            e.start + e.dwell, e.confidence, e.verdict, e.metadata};
}

// The time that the hand count covers: its hours, or on each date from the first start to the last end (or --from, --to).
Result<std::vector<TimeSpan>> covered(const HandCounts& hand, const Timeline& line, const EvalFlags& flags) {
    std::vector<TimeSpan> out;
    if (!hand.by_service) {
        for (const HandHour& h : hand.hours)
            out.push_back({h.from, h.to});
        return out;
    }
    std::map<std::string, TimeSpan> days;
    for (const HandService& s : hand.services) {
        auto [day, fresh] = days.try_emplace(line.zone->date_of(s.start), TimeSpan{s.start, s.end});
        if (fresh) continue;
        day->second = {std::min(day->second.from, s.start), std::max(day->second.to, s.end)};
    }
    for (auto& [date, span] : days) {
        Timeline of_day = line;
        of_day.date = date;
        for (auto [text, end] : {std::pair{&flags.from, &span.from}, std::pair{&flags.to, &span.to}}) {
            if (text->empty()) continue;
            const auto at = read_time(*text, of_day);
            if (!at) return fail(ErrorKind::kInvalid, "--from, --to: " + at.error().message);
            *end = *at;
        }
        out.push_back(span);
    }
    return out;
}

// Gaps of the cameras, and the time after all of them were last alive, put together.
Result<std::vector<TimeSpan>> blind_times(const Store& store, const TimeSpan& all) {
    std::vector<TimeSpan> out;
    const auto gaps = store.gaps(all.from, all.to);
    if (!gaps) return tl::unexpected(gaps.error());
    for (const Gap& gap : *gaps)
        out.push_back({gap.start, gap.end.value_or(all.to)});
    const auto alive = store.last_alive();
    if (!alive) return tl::unexpected(alive.error());
    std::optional<WallTime> last;
    for (const auto& [camera, at] : *alive)
        last = std::max(last.value_or(at), at);
    if (last && *last < all.to) out.push_back({*last, all.to});
    std::sort(out.begin(), out.end(), [](const TimeSpan& a, const TimeSpan& b) { return a.from < b.from; });
    std::vector<TimeSpan> merged;
    for (const TimeSpan& span : out) {
        if (!merged.empty() && span.from <= merged.back().to)
            merged.back().to = std::max(merged.back().to, span.to);
        else
            merged.push_back(span);
    }
    return merged;
}

Result<void> read_store(const Config& config, const HandCounts& hand, const EvalFlags& flags, Counted& out) {
    const auto store = Store::open_read_only(config.storage.path);
    if (!store) return tl::unexpected(store.error());
    out.name = config.storage.path.string();
    auto times = covered(hand, out.timeline, flags);
    if (!times) return tl::unexpected(times.error());
    TimeSpan all = times->front();
    for (const TimeSpan& span : *times)
        all = {std::min(all.from, span.from), std::max(all.to, span.to)};
    auto blind = blind_times(**store, all);
    if (!blind) return tl::unexpected(blind.error());
    // An event that began earlier may still be what was noted within.
    EventQuery query;
    query.from = all.from - hours(12);
    query.to = all.to;
    const auto events = (*store)->events(query);
    if (!events) return tl::unexpected(events.error());
    for (const StoredEvent& event : *events)
        out.events.push_back(audited(event));
    out.scope = {std::move(*times), false, std::move(*blind)};
    return {};
}

Result<void> begin_recording(const EvalFlags& flags, Counted& out) {
    out.name = flags.events;
    out.scope.all_types = true;
    out.timeline.date = flags.date;
    out.timeline.begin = WallTime{};
    if (flags.begin.empty()) return {};
    const auto zone = TimeZone::find(flags.timezone);
    if (!zone) return tl::unexpected(zone.error());
    out.timeline.zone = *zone;
    const auto begin = read_time(flags.begin, Timeline{*zone, std::nullopt, flags.date});
    if (!begin) return fail(ErrorKind::kInvalid, "--begin: " + begin.error().message);
    out.timeline.begin = *begin;
    return {};
}

std::string recording_time(WallTime t) {
    const auto s = std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
    char text[48];
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(s / 3600),
                  static_cast<long long>(s / 60 % 60), static_cast<long long>(s % 60));
    return text;
}

int tell(const EvalFlags& flags, const HandCounts& hand, const Counted& counted) {
    const Audit audit = hand.by_service ? compare_services(hand.services, counted.events, counted.scope)
                                        : compare_hours(hand.hours, counted.events, counted.scope);
    AuditWords words{flags.hand,     counted.name, "times from the beginning of the recording",
                     recording_time, hand.notes,   flags.list};
    if (const auto& zone = counted.timeline.zone) {
        words.times = "times of " + zone->name();
        words.time = [&zone](WallTime t) {
            return zone->format(t, "%Y-%m-%d %H:%M:%S").substr(0, sizeof "2026-11-21 14:05:30" - 1);
        };
    }
    const std::string out = flags.json ? audit_as_json(audit, words) : audit_as_text(audit, words);
    std::fwrite(out.data(), 1, out.size(), stdout);
    if (flags.max_error < 0 || audit.worst_percent() <= flags.max_error) return kExitOk;
    std::fprintf(stderr, "chairside: the counts of a type differ by %.1f %%; --max-error allows %.1f %%\n",
                 audit.worst_percent(), flags.max_error);
    return kExitTooFarOff;
}

int evaluate(const EvalFlags& flags) {
    Counted counted;
    std::optional<Config> config;
    if (!flags.config.empty()) {
        config = load_or_explain(flags.config, ConfigOptions{.check_paths = false, .need_cameras = false});
        if (!config) return kExitConfig;
        const auto zone = TimeZone::find(config->timezone);
        if (!zone) return complain(zone.error(), kExitConfig);
        counted.timeline = {*zone, std::nullopt, flags.date};
        for (const CameraConfig& camera : config->cameras)
            for (const ZoneConfig& z : camera.zones)
                counted.zones.push_back({z.name, z.type});
    } else if (const auto begun = begin_recording(flags, counted); !begun) {
        return complain(begun.error(), kExitUsage);
    }
    const auto text = content_of(flags.hand);
    if (!text) return complain(text.error(), kExitConfig);
    if (!flags.events.empty()) {
        const auto recorded = content_of(flags.events);
        if (!recorded) return complain(recorded.error(), kExitConfig);
        auto events = read_event_file(*recorded, flags.events, *counted.timeline.begin);
        if (!events) return complain_all(events.error());
        counted.events = std::move(*events);
        for (const AuditedEvent& event : counted.events)
            counted.zones.push_back({event.zone, event.type});
    }
    const auto hand =
        read_hand_counts(*text, flags.hand, {counted.timeline, counted.zones, !flags.events.empty()});
    if (!hand) return complain_all(hand.error());
    if (config) {
        if (const auto read = read_store(*config, *hand, flags, counted); !read)
            return complain(read.error(),
                            read.error().kind == ErrorKind::kInvalid ? kExitUsage : kExitFailed);
    }
    return tell(flags, *hand, counted);
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
    auto* cmd = app.add_subcommand("eval", "Compare a hand count with what was counted");
    auto flags = std::make_shared<EvalFlags>();
    cmd->add_option("hand", flags->hand,
                    "CSV: date,hour,type,count (zone too, if you like), or zone,type,start,end per service")
        ->required();
    auto* source = cmd->add_option_group("counted", "exactly one of");
    auto* config = source->add_option("-c,--config", flags->config,
                                      "The service's configuration file: compares with its store");
    auto* events = source->add_option("--events", flags->events, "A file of 'chairside replay --events'");
    source->require_option(1);
    cmd->add_option("--date", flags->date, "YYYY-MM-DD, for times and hours without a date");
    cmd->add_option("--from", flags->from,
                    "From when somebody counted, HH:MM; default: the first start of each day")
        ->needs(config);
    cmd->add_option("--to", flags->to, "Until when, HH:MM; default: the last end of each day")->needs(config);
    auto* begin =
        cmd->add_option("--begin", flags->begin, "When the recording begins, e.g. '2026-11-21 09:00'")
            ->needs(events);
    cmd->add_option("--timezone", flags->timezone,
                    "Of --begin and the hand count, e.g. Europe/Berlin; default: this machine's")
        ->needs(begin);
    cmd->add_option("--list", flags->list, "How many events to look at are listed; default 20");
    cmd->add_option("--max-error", flags->max_error,
                    "Exit with 5 if the count of a type differs by more percent")
        ->check(CLI::Range(0.0, 1000.0));
    cmd->add_flag("--json", flags->json, "As JSON");
    cmd->footer(
        "Separators may be ',' ';' or tabs, headings English or German; docs/formats/hand_counts.md has "
        "examples.\nExit "
        "codes: 0 compared; 1 no store; 2 wrong command line; 3 a wrong file, every fault was printed; 5 "
        "more than "
        "--max-error.");
    cmd->callback([=, &action] {
        if (!flags->date.empty()) {
            const auto date = read_date(flags->date);
            if (!date) throw CLI::ValidationError("--date", date.error().message);
            flags->date = *date;
        }
        action = [=] { return evaluate(*flags); };
    });
}

}  // namespace chairside
