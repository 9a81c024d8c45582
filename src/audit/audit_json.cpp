#include <cmath>
#include <nlohmann/json.hpp>

#include "audit/audit_words.hpp"

namespace chairside {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

Json interval(const Interval& i) {
    return Json::array({rounded(i.low), rounded(i.high)});
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

Json row(const Difference& d) {
    Json out;
    if (d.hour) {
        out["date"] = text_or_null(d.date);
        out["hour"] = *d.hour;
    }
    out["zone"] = text_or_null(d.zone);
    out["type"] = to_string(d.type);
    out["hand"] = d.hand;
    out["counted"] = d.counted;
    out["difference"] = d.difference();
    out["blind_s"] = rounded(d.blind_s);
    return out;
}

Json total(const TypeTotal& t) {
    Json out = {{"hand", t.hand}, {"counted", t.counted}, {"difference", t.counted - t.hand}, {"off", t.off}};
    out["difference_share"] =
        t.hand > 0 ? Json(rounded(static_cast<double>(t.counted - t.hand) / t.hand)) : Json();
    out["difference_share_95"] = t.difference ? interval(*t.difference) : Json();
    out["off_share_95"] = t.hand > 0 ? interval(t.off_share) : Json();
    return out;
}

Json spread(const Spread& s) {
    return {{"median", rounded(s.median)}, {"p95", rounded(s.p95)}};
}

Json match(const MatchFigures& m) {
    return {{"matched", m.matched},
            {"missed", m.missed},
            {"wrong", m.wrong},
            {"precision", rounded(m.precision)},
            {"precision_95", interval(m.precision_interval)},
            {"recall", rounded(m.recall)},
            {"recall_95", interval(m.recall_interval)},
            {"f1", rounded(m.f1)},
            {"f1_95", interval(m.f1_interval)},
            {"start_error_s", spread(m.start)},
            {"end_error_s", spread(m.end)},
            {"dwell_error_s", spread(m.dwell)}};
}

}  // namespace

std::string audit_as_json(const Audit& audit, const AuditWords& words) {
    Json out = {{"format", "chairside-eval"}, {"version", 1}, {"by", audit.by_service ? "service" : "hour"}};
    out["rows"] = Json::array();
    for (const Difference& d : audit.rows)
        out["rows"].push_back(row(d));
    out["totals"] = Json::object();
    for (const TypeTotal& t : audit.totals)
        out["totals"][to_string(t.type)] = total(t);
    out["services"] = audit.match ? match(*audit.match) : Json();
    out["worst_percent"] = rounded(audit.worst_percent());
    out["look_at"] = Json::array();
    for (const LookAt& look : audit.look_at)
        out["look_at"].push_back({{"from", words.time(look.from)},
                                  {"to", words.time(look.to)},
                                  {"zone", text_or_null(look.zone)},
                                  {"type", to_string(look.type)},
                                  {"reason", look.reason},
                                  {"event", text_or_null(look.event)}});
    out["notes"] = words.notes;
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chairside
