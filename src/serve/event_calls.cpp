// What was counted: list, file, review.

#include <algorithm>

#include "report/report_generator.hpp"
#include "serve/api.hpp"

namespace chairside {
namespace {

constexpr std::int64_t kMostRows = 200'000;

EventQuery filter_of(QueryReader& query) {
    EventQuery out;
    out.from = query.time("from");
    out.to = query.time("to");
    if (const auto type = query.choice("type", {"CHAIR", "WASH", "WAIT"})) out.type = parse_zone_type(*type);
    out.camera = query.text("camera", 64);
    out.zone = query.text("zone", 100);
    if (const auto verdict = query.choice("verdict", {"counted", "review", "rejected"}))
        out.verdict = parse_verdict(*verdict);
    if (const auto state = query.choice("state", {"open", "closed"})) out.state = parse_event_state(*state);
    return out;
}

// "<microseconds>.<id>" of the last event of a page.
std::string cursor_of(const Event& event) {
    return std::to_string(event.start.time_since_epoch().count()) + "." + event.id.to_string();
}

std::optional<std::pair<WallTime, EventId>> read_cursor(const std::string& text) {
    const auto dot = text.find('.');
    if (dot == std::string::npos || dot == 0 || dot > 18) return std::nullopt;  // digits that fit 64 bits
    const auto id = EventId::parse(std::string_view(text).substr(dot + 1));
    if (text.find_first_not_of("0123456789") != dot || !id) return std::nullopt;
    return std::pair(WallTime(Duration(std::stoll(text.substr(0, dot)))), *id);
}

tl::expected<std::optional<StoredEvent>, Problem> find_event(ApiContext& api, const ApiCall& call) {
    const auto id = EventId::parse(call.parts[0]);
    if (!id) return problem(404, "An event's id looks like 01919f3e-7c1b-7c1b-8c1b-0123456789ab.");
    auto found = api.reads.event(*id);
    if (!found) return tl::unexpected(problem(found.error()).value());
    if (!*found)
        return problem(404,
                       "There is no event with this id; old ones are deleted after storage.retention_days.");
    return std::move(*found);
}

Answer one_event(ApiContext& api, const Event& event) {
    const auto reviews = api.access.rows().reviews({event.id});
    if (!reviews) return problem(reviews.error());
    const auto review = reviews->find(event.id);
    return json_response(event_json(event, review == reviews->end() ? nullptr : &review->second));
}

}  // namespace

Json event_json(const Event& e, const Review* review) {
    Json out{{"id", e.id.to_string()},
             {"camera", e.camera},
             {"zone", e.zone},
             {"type", to_string(e.type)},
             {"service", service_name(e.type)},
             {"start", format_utc(e.start)},
             {"end", format_utc(e.end)},
             {"dwell_s", to_milli(to_seconds(e.dwell))},
             {"state", to_string(e.state)},
             {"revision", e.revision},
             {"verdict", to_string(e.verdict)},
             {"confidence", to_milli(e.confidence)},
             {"reasons", Json(e.metadata)},
             {"visit", e.visit ? Json(e.visit->to_string()) : Json(nullptr)},
             {"part_of", e.part_of ? Json(e.part_of->to_string()) : Json(nullptr)},
             {"review", nullptr}};
    if (review != nullptr && review->decision != ReviewDecision::kUndecided)
        out["review"] = {{"decision", to_string(review->decision)},
                         {"by", review->user},
                         {"time", format_utc(review->time)},
                         {"note", review->note}};
    return out;
}

Answer get_events(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    EventQuery filter = filter_of(query);
    const int limit = query.integer("limit", 1, 1000, 100);
    if (const auto cursor = query.text("cursor", 100)) {
        filter.beyond = read_cursor(*cursor);
        if (!filter.beyond) query.fault("cursor", "is none that this call gave as `next`");
    }
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    filter.newest_first = true;
    filter.limit = limit + 1;  // one more tells whether there is a next page
    auto events = api.reads.events(filter);
    if (!events) return problem(events.error());
    const bool more = events->size() > static_cast<std::size_t>(limit);
    if (more) events->pop_back();
    std::vector<EventId> ids;
    for (const StoredEvent& stored : *events)
        ids.push_back(stored.event.id);
    const auto reviews = api.access.rows().reviews(ids);
    if (!reviews) return problem(reviews.error());
    Json list = Json::array();
    for (const StoredEvent& stored : *events) {
        const auto review = reviews->find(stored.event.id);
        list.push_back(event_json(stored.event, review == reviews->end() ? nullptr : &review->second));
    }
    return json_response({{"events", std::move(list)},
                          {"next", more ? Json(cursor_of(events->back().event)) : Json(nullptr)}});
}

Answer get_events_csv(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    EventQuery filter = filter_of(query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    filter.limit = kMostRows + 1;
    const auto events = api.reads.events(filter);
    if (!events) return problem(events.error());
    if (events->size() > static_cast<std::size_t>(kMostRows))
        return problem(400, "These are more than 200,000 events; ask for a shorter time.");
    WebResponse out;
    out.type = "text/csv; charset=utf-8";
    out.headers = {{"Content-Disposition", "attachment; filename=\"events.csv\""}};
    out.body = api.view.reports().as_csv(*events);
    return out;
}

Answer get_event(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const auto found = find_event(api, call);
    return found ? one_event(api, (*found)->event) : Answer(tl::unexpected(found.error()));
}

Answer review_event(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    const auto decision = object.choice("decision", {"confirmed", "rejected", "undecided"}, true);
    const auto note = object.text("note", 0, 500, false);
    object.no_others();
    if (!faults.empty()) return faulty(std::move(faults));
    const auto found = find_event(api, call);
    if (!found) return tl::unexpected(found.error());
    const Event& event = (*found)->event;
    if (event.state == EventState::kOpen)
        return problem(409, "This stay is still going on; it can be reviewed once it has ended.");
    const auto earlier = api.access.rows().reviews({event.id});
    if (!earlier) return problem(earlier.error());
    // What the program itself thought, whatever people said since.
    const auto known = earlier->find(event.id);
    Review review{event.id,
                  *parse_review_decision(*decision),
                  event.verdict,
                  event.confidence,
                  to_string(call.who.role),
                  note.value_or(""),
                  api.clock.wall_now()};
    if (known != earlier->end()) {
        review.verdict = known->second.verdict;
        review.confidence = known->second.confidence;
    }
    if (auto stored = api.access.rows().add_review(review); !stored) return problem(stored.error());
    const Verdict verdict = review.decision == ReviewDecision::kConfirmed  ? Verdict::kCounted
                            : review.decision == ReviewDecision::kRejected ? Verdict::kRejected
                                                                           : review.verdict;
    const auto decided = api.shop.decide(event.id, verdict, review.decision != ReviewDecision::kUndecided);
    if (!decided) return problem(decided.error());
    api.access.note(call.request, call.who.role, "review", event.id.to_string() + " " + *decision);
    return one_event(api, *decided);
}

}  // namespace chairside
