#include "audit/compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>
#include <tuple>

#include "audit/matching.hpp"

namespace chairside {
namespace {

constexpr double kUnsure = 0.6;  // confidence below which a counted event is worth a look

std::string decimals(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

std::string why(const AuditedEvent& event) {
    const auto rejected = event.metadata.find("rejected");
    return rejected != event.metadata.end() ? " (" + rejected->second + ")" : "";
}

LookAt look(const AuditedEvent& event, std::string reason) {
    return {event.start, event.end, event.zone, event.type, std::move(reason), event.id};
}

// What an event is worth a look for by itself; "" for nothing.
std::string doubt(const AuditedEvent& event) {
    if (event.verdict == Verdict::kReview) return "to review" + why(event);
    if (event.verdict == Verdict::kCounted && event.confidence < kUnsure)
        return "counted with a confidence of only " + decimals(event.confidence);
    return {};
}

void by_time(std::vector<LookAt>& list) {
    std::stable_sort(list.begin(), list.end(), [](const LookAt& a, const LookAt& b) {
        return std::tie(a.from, a.zone, a.event) < std::tie(b.from, b.zone, b.event);
    });
}

double blind_in(const std::vector<TimeSpan>& blind, const TimeSpan& span) {
    double out = 0;
    for (const TimeSpan& b : blind)
        out += std::max(0.0, to_seconds(std::min(b.to, span.to) - std::max(b.from, span.from)));
    return out;
}

bool begins_in(const AuditedEvent& event, const TimeSpan& span) {
    return event.start >= span.from && event.start < span.to;
}

TypeTotal total_of(ZoneType type, const std::vector<CountUnit>& units) {
    TypeTotal out;
    out.type = type;
    for (const CountUnit& unit : units) {
        out.hand += unit.hand;
        out.counted += unit.counted;
        out.off += std::abs(unit.counted - unit.hand);
    }
    // Where nothing differs, there is nothing to draw from; the Poisson limits still tell.
    if (out.off > 0) out.difference = difference_interval(units);
    const Interval off = poisson(out.off);
    if (out.hand > 0) out.off_share = {off.low / out.hand, off.high / out.hand};
    return out;
}

// ---- By hour

struct HourCell {
    const HandHour* hand;
    std::vector<const AuditedEvent*> counted, others;
};

// An hour in which only some types have a row had none of the others, where the file knows them.
std::vector<HandHour> with_zeros(const std::vector<HandHour>& hand) {
    std::vector<HandHour> out = hand;
    std::set<std::tuple<std::string, ZoneType>> kinds;
    std::set<std::tuple<WallTime, std::string, ZoneType>> there;
    std::map<WallTime, const HandHour*> hours;
    for (const HandHour& h : hand) {
        kinds.emplace(h.zone, h.type);
        there.emplace(h.from, h.zone, h.type);
        hours.emplace(h.from, &h);
    }
    for (const auto& [from, sample] : hours) {
        for (const auto& [zone, type] : kinds) {
            if (there.contains({from, zone, type})) continue;
            HandHour none = *sample;
            none.zone = zone;
            none.type = type;
            none.count = 0;
            out.push_back(std::move(none));
        }
    }
    std::stable_sort(out.begin(), out.end(), [](const HandHour& a, const HandHour& b) {
        return std::tie(a.from, a.type, a.zone) < std::tie(b.from, b.type, b.zone);
    });
    return out;
}

void list_hour(const HourCell& cell, std::vector<LookAt>& out) {
    const int off = static_cast<int>(cell.counted.size()) - cell.hand->count;
    const std::string there =
        std::to_string(cell.hand->count) + " by hand, " + std::to_string(cell.counted.size()) + " counted";
    for (const AuditedEvent* event : cell.counted) {
        const std::string own = doubt(*event);
        if (off != 0 || !own.empty())
            out.push_back(
                look(*event, off == 0 ? own : "in an hour with " + there + (own.empty() ? "" : "; " + own)));
    }
    for (const AuditedEvent* event : cell.others) {
        if (event->verdict == Verdict::kReview)
            out.push_back(look(*event, doubt(*event)));
        else if (off < 0)
            out.push_back(look(*event, "not counted" + why(*event) + ", in an hour with " + there));
    }
    if (off < 0)
        out.push_back({cell.hand->from, cell.hand->to, cell.hand->zone, cell.hand->type,
                       std::to_string(-off) + " more by hand than counted in this hour", ""});
}

// ---- By service

Spread spread_of(std::vector<double> errors) {
    if (errors.empty()) return {};
    std::sort(errors.begin(), errors.end());
    const auto at = [&](double q) {
        return errors[std::min(errors.size() - 1,
                               static_cast<std::size_t>(q * static_cast<double>(errors.size())))];
    };
    return {at(0.5), at(0.95)};
}

class ServiceAudit {
  public:
    ServiceAudit(const std::vector<HandService>& hand, const std::vector<AuditedEvent>& events,
                 const AuditScope& scope)
        : hand_(hand) {
        std::set<ZoneType> types;
        for (const HandService& service : hand)
            types.insert(service.type);
        for (const AuditedEvent& event : events) {
            const bool inside =
                scope.times.empty() || std::any_of(scope.times.begin(), scope.times.end(),
                                                   [&](const auto& s) { return begins_in(event, s); });
            // An event that began before the time looked at may still be what was noted within it.
            const bool noted = std::any_of(hand.begin(), hand.end(), [&](const HandService& service) {
                return service.zone == event.zone && service.type == event.type &&
                       time_overlap(service.start, service.end, event.start, event.end) >= 0.5;
            });
            if ((!inside && !noted) || (!scope.all_types && !types.contains(event.type))) continue;
            (event.verdict == Verdict::kCounted ? counted_ : others_).push_back(&event);
        }
        pairs_ = match_services(hand_, counted_);
    }

    Audit audit(const AuditScope& scope) {
        Audit out;
        out.by_service = true;
        out.match = figures();
        count(out, scope);
        list(out.look_at);
        by_time(out.look_at);
        return out;
    }

  private:
    MatchFigures figures() const {
        MatchFigures f;
        f.matched = static_cast<int>(pairs_.size());
        f.missed = static_cast<int>(hand_.size()) - f.matched;
        f.wrong = static_cast<int>(counted_.size()) - f.matched;
        const auto share = [](int k, std::size_t n, bool if_none) {
            return n > 0 ? static_cast<double>(k) / static_cast<double>(n) : if_none ? 1.0 : 0.0;
        };
        f.precision = share(f.matched, counted_.size(), hand_.empty());
        f.recall = share(f.matched, hand_.size(), true);
        f.f1 = f.precision + f.recall > 0 ? 2 * f.precision * f.recall / (f.precision + f.recall) : 0;
        f.precision_interval = wilson(f.matched, f.matched + f.wrong);
        f.recall_interval = wilson(f.matched, f.matched + f.missed);
        f.f1_interval = f1_interval(f.matched, f.missed, f.wrong);
        std::vector<double> start, end, dwell;
        for (const auto& [i, j] : pairs_) {
            const HandService& h = hand_[i];
            const AuditedEvent& e = *counted_[j];
            start.push_back(std::abs(to_seconds(e.start - h.start)));
            end.push_back(std::abs(to_seconds(e.end - h.end)));
            dwell.push_back(std::abs(to_seconds((e.end - e.start) - (h.end - h.start))));
        }
        f.start = spread_of(std::move(start));
        f.end = spread_of(std::move(end));
        f.dwell = spread_of(std::move(dwell));
        return f;
    }

    void count(Audit& out, const AuditScope& scope) const {
        std::map<std::pair<ZoneType, std::string>, Difference> rows;
        std::map<ZoneType, std::vector<CountUnit>> units;
        const auto row = [&](ZoneType type, const std::string& zone) -> Difference& {
            Difference& d = rows[{type, zone}];
            d.type = type;
            d.zone = zone;
            return d;
        };
        for (const HandService& h : hand_)
            ++row(h.type, h.zone).hand;
        for (const AuditedEvent* e : counted_)
            ++row(e->type, e->zone).counted;
        std::vector<char> hand_used(hand_.size()), event_used(counted_.size());
        for (const auto& [i, j] : pairs_) {
            hand_used[i] = event_used[j] = 1;
            units[hand_[i].type].push_back({1, 1});
        }
        for (std::size_t i = 0; i < hand_.size(); ++i)
            if (!hand_used[i]) units[hand_[i].type].push_back({1, 0});
        for (std::size_t j = 0; j < counted_.size(); ++j)
            if (!event_used[j]) units[counted_[j]->type].push_back({0, 1});
        for (auto& [key, difference] : rows) {
            for (const TimeSpan& span : scope.times)
                difference.blind_s += blind_in(scope.blind, span);
            out.rows.push_back(std::move(difference));
        }
        for (const auto& [type, all] : units)
            out.totals.push_back(total_of(type, all));
    }

    void list(std::vector<LookAt>& out) const {
        std::vector<char> hand_used(hand_.size()), event_used(counted_.size());
        for (const auto& [i, j] : pairs_)
            hand_used[i] = event_used[j] = 1;
        for (std::size_t i = 0; i < hand_.size(); ++i)
            if (!hand_used[i])
                out.push_back({hand_[i].start, hand_[i].end, hand_[i].zone, hand_[i].type,
                               "noted by hand, not counted" + nearest(hand_[i]), ""});
        for (std::size_t j = 0; j < counted_.size(); ++j) {
            const std::string own = doubt(*counted_[j]);
            if (!event_used[j])
                out.push_back(look(*counted_[j], "counted, not noted by hand; confidence " +
                                                     decimals(counted_[j]->confidence)));
            else if (!own.empty())
                out.push_back(look(*counted_[j], own));
        }
        for (const AuditedEvent* event : others_)
            if (event->verdict == Verdict::kReview) out.push_back(look(*event, doubt(*event)));
    }

    // What was found in its place.
    std::string nearest(const HandService& service) const {
        const AuditedEvent* best = nullptr;
        double best_overlap = 0;
        for (const auto* list : {&counted_, &others_}) {
            for (const AuditedEvent* event : *list) {
                const double overlap = time_overlap(service.start, service.end, event->start, event->end);
                if (event->zone == service.zone && overlap > best_overlap)
                    best_overlap = overlap, best = event;
            }
        }
        if (best == nullptr) return {};
        if (best->verdict != Verdict::kCounted)
            return std::string("; there is a ") + to_string(best->verdict) + " event" + why(*best);
        return "; a counted event overlaps by " + std::to_string(std::lround(100 * best_overlap)) + " % only";
    }

    const std::vector<HandService>& hand_;
    std::vector<const AuditedEvent*> counted_, others_;
    std::vector<std::pair<std::size_t, std::size_t>> pairs_;
};

}  // namespace

double Audit::worst_percent() const {
    double worst = 0;
    for (const TypeTotal& total : totals) {
        const int off = std::abs(total.counted - total.hand);
        worst = std::max(worst, total.hand > 0 ? 100.0 * off / total.hand : off > 0 ? 100.0 : 0.0);
    }
    return worst;
}

Audit compare_hours(const std::vector<HandHour>& hand, const std::vector<AuditedEvent>& events,
                    const AuditScope& scope) {
    Audit out;
    const std::vector<HandHour> all = with_zeros(hand);
    std::map<ZoneType, std::vector<CountUnit>> units;
    for (const HandHour& h : all) {
        HourCell cell{&h, {}, {}};
        for (const AuditedEvent& event : events) {
            if (event.type != h.type || !begins_in(event, {h.from, h.to})) continue;
            if (!h.zone.empty() && h.zone != event.zone) continue;
            (event.verdict == Verdict::kCounted ? cell.counted : cell.others).push_back(&event);
        }
        Difference row{h.date, h.hour, h.zone, h.type, h.count, static_cast<int>(cell.counted.size()), 0};
        row.blind_s = blind_in(scope.blind, {h.from, h.to});
        units[h.type].push_back({row.hand, row.counted});
        list_hour(cell, out.look_at);
        out.rows.push_back(std::move(row));
    }
    for (const auto& [type, of_type] : units)
        out.totals.push_back(total_of(type, of_type));
    by_time(out.look_at);
    return out;
}

Audit compare_services(const std::vector<HandService>& hand, const std::vector<AuditedEvent>& events,
                       const AuditScope& scope) {
    return ServiceAudit(hand, events, scope).audit(scope);
}

}  // namespace chairside
