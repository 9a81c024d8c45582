#include "report/figures.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "base/check.hpp"

namespace chairside {
namespace {

constexpr std::array kTypes = {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait};

// Shorter blindness cannot hide a whole service: no type counts before 30 s by default.
constexpr double kBlindSecondsThatMatter = 30;

std::string zone_key(const std::string& camera, const std::string& zone) {
    return camera + "/" + zone;
}

// ---- Counts and dwell times

struct Collected {
    TypeFigures figures;
    std::vector<double> dwells_s;

    // more: the dwell of its parts.
    void add(const Event& event, Duration more) {
        if (event.verdict == Verdict::kReview) ++figures.to_review;
        if (!is_service(event)) return;
        ++figures.count;
        if (event.state == EventState::kClosed) dwells_s.push_back(to_seconds(event.dwell + more));
    }
    TypeFigures finish() {
        figures.finished = static_cast<int>(dwells_s.size());
        if (dwells_s.empty()) return figures;
        std::sort(dwells_s.begin(), dwells_s.end());
        const std::size_t n = dwells_s.size();
        figures.mean_dwell_s =
            std::accumulate(dwells_s.begin(), dwells_s.end(), 0.0) / static_cast<double>(n);
        figures.median_dwell_s = (dwells_s[(n - 1) / 2] + dwells_s[n / 2]) / 2;
        return figures;
    }
};
using ByType = std::map<ZoneType, Collected>;

std::map<ZoneType, TypeFigures> finish(ByType collected) {
    std::map<ZoneType, TypeFigures> out;
    for (auto& [type, values] : collected)
        out.emplace(type, values.finish());
    return out;
}

// What the parts of each service add to its time.
std::map<EventId, Duration> parts_of_services(const ReportInput& input) {
    std::map<EventId, Duration> out;
    for (const StoredEvent& stored : input.events)
        if (stored.event.part_of && stored.event.verdict == Verdict::kCounted)
            out[*stored.event.part_of] += stored.event.dwell;
    return out;
}

void add_figures(const ReportInput& input, DailySummary& out) {
    ByType by_type;
    std::map<std::string, ByType> by_camera, by_zone;
    for (const ZoneType type : kTypes)
        by_type[type];
    for (const CameraConfig& camera : input.expected) {
        by_camera[camera.id];
        for (const ZoneConfig& zone : camera.zones) {
            by_camera[camera.id][zone.type];
            by_zone[zone_key(camera.id, zone.name)][zone.type];
            out.cameras_of[zone_key(camera.id, zone.name)] = camera.id;
        }
    }
    std::set<EventId> visits;
    std::set<std::tuple<std::string, std::string, PersonId>>
        people;  // of events from before there were visits
    const auto parts = parts_of_services(input);
    for (const StoredEvent& stored : input.events) {
        const Event& event = stored.event;
        const std::string zone = zone_key(event.camera, event.zone);
        const auto more = parts.find(event.id);
        const Duration part_time = more != parts.end() ? more->second : Duration(0);
        by_type[event.type].add(event, part_time);
        by_camera[event.camera][event.type].add(event, part_time);
        by_zone[zone][event.type].add(event, part_time);
        out.cameras_of[zone] = event.camera;
        if (event.verdict == Verdict::kReview) ++out.to_review;
        if (event.verdict == Verdict::kRejected) ++out.rejected;
        if (event.verdict != Verdict::kCounted) continue;
        if (event.visit)
            visits.insert(*event.visit);
        else
            people.emplace(event.camera, stored.boot, event.person);
        if (event.state == EventState::kOpen) ++out.open;
    }
    out.unique_people = static_cast<int>(visits.size() + people.size());
    out.by_type = finish(std::move(by_type));
    for (auto& [camera, figures] : by_camera)
        out.by_camera.emplace(camera, finish(std::move(figures)));
    for (auto& [zone, figures] : by_zone)
        out.by_zone.emplace(zone, finish(std::move(figures)));
}

// ---- What was not seen

double overlap_s(const Span& a, const Span& b) {
    const Duration shared = std::min(a.to, b.to) - std::max(a.from, b.from);
    return shared > Duration(0) ? to_seconds(shared) : 0;
}

// The blind times of each camera, in order and without overlap.
using BlindTimes = std::map<std::string, std::vector<Span>>;

void merge(std::vector<Span>& spans) {
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
    std::vector<Span> out;
    for (const Span& span : spans) {
        if (span.to <= span.from) continue;
        if (!out.empty() && span.from <= out.back().to) {
            out.back().to = std::max(out.back().to, span.to);
        } else {
            out.push_back(span);
        }
    }
    spans = std::move(out);
}

// Cameras that belong to the range: seen in it, blind in it, or known to the configuration.
BlindTimes blind_times(const ReportInput& input, const DailySummary& summary) {
    BlindTimes out;
    for (const CameraConfig& camera : input.expected)
        out[camera.id];
    for (const StoredEvent& stored : input.events)
        out[stored.event.camera];
    for (const auto& [camera, last] : input.last_alive) {
        if (last >= summary.from) out[camera];
    }
    // The service was off all the time: then it is the last known cameras that saw nothing.
    if (out.empty()) {
        for (const auto& [camera, last] : input.last_alive)
            out[camera];
    }
    for (const Gap& gap : input.gaps) {
        out[gap.camera].push_back(
            {std::max(gap.start, summary.from), std::min(gap.end.value_or(summary.to), summary.to)});
    }
    if (summary.seen_until) {
        for (auto& [camera, spans] : out)
            spans.push_back({*summary.seen_until, summary.to});
    }
    for (auto& [camera, spans] : out)
        merge(spans);
    return out;
}

// Heartbeats that stopped before the end: nobody watched from then on (or that time is still to come).
std::optional<WallTime> seen_until(const ReportInput& input, const DailySummary& summary) {
    if (input.last_alive.empty()) return std::nullopt;
    WallTime last = summary.from;
    for (const auto& [camera, alive] : input.last_alive)
        last = std::max(last, alive);
    for (const StoredEvent& stored : input.events)
        last = std::max(last, stored.event.end);
    if (last >= summary.to) return std::nullopt;
    return last;
}

void judge(const Span& span, const BlindTimes& blind, Coverage& coverage, double& unknown_s) {
    const double length_s = to_seconds(span.to - span.from);
    bool all_blind = !blind.empty();
    unknown_s = 0;
    for (const auto& [camera, spans] : blind) {
        double blind_s = 0;
        for (const Span& one : spans)
            blind_s += overlap_s(one, span);
        unknown_s = std::max(unknown_s, blind_s);
        all_blind = all_blind && length_s - blind_s < 1;
    }
    coverage = Coverage::kKnown;
    if (unknown_s >= kBlindSecondsThatMatter) coverage = Coverage::kPartly;
    if (all_blind) coverage = Coverage::kUnknown;
}

// ---- By hour and by day

// The counted events that begin within a span; events are in order of start.
std::map<ZoneType, int> counts_in(const std::vector<StoredEvent>& events, const Span& span) {
    const auto starts_before = [](const StoredEvent& e, WallTime t) { return e.event.start < t; };
    auto at = std::lower_bound(events.begin(), events.end(), span.from, starts_before);
    std::map<ZoneType, int> out;
    for (; at != events.end() && at->event.start < span.to; ++at) {
        if (is_service(at->event)) ++out[at->event.type];
    }
    return out;
}

void add_day(const BusinessDay& day, const ReportInput& input, const BlindTimes& blind, DailySummary& out) {
    DayFigures figures{.date = day.date, .counts = counts_in(input.events, day.span)};
    for (const StoredEvent& stored : input.events) {
        const bool inside = stored.event.start >= day.span.from && stored.event.start < day.span.to;
        if (inside && stored.event.verdict == Verdict::kReview) ++figures.to_review;
    }
    judge(day.span, blind, figures.coverage, figures.unknown_s);
    out.by_day.push_back(std::move(figures));
}

HourFigures figures_of(const Span& span, const ReportInput& input, const BlindTimes& blind) {
    HourFigures figures{.counts = counts_in(input.events, span)};
    judge(span, blind, figures.coverage, figures.unknown_s);
    return figures;
}

void add_hours_of_one_day(const std::vector<Hour>& hours, const ReportInput& input, const BlindTimes& blind,
                          DailySummary& out) {
    for (const Hour& hour : hours) {
        out.by_hour.push_back(figures_of(hour.span, input, blind));
        out.hour_labels.push_back(hour.label);
    }
}

// Summed by the clock's hour: an hour that comes twice adds to its own label, one that is skipped adds
// nothing.
void add_hours_of_many_days(const TimeZone& zone, const std::vector<BusinessDay>& days,
                            const ReportInput& input, const BlindTimes& blind, DailySummary& out) {
    std::map<std::string, std::vector<HourFigures>> by_clock;
    std::vector<std::string> order;
    for (const BusinessDay& day : days) {
        for (const Hour& hour : hours_of(zone, day)) {
            const std::string label = hour.label.substr(0, 5);
            if (by_clock.find(label) == by_clock.end()) order.push_back(label);
            by_clock[label].push_back(figures_of(hour.span, input, blind));
        }
    }
    // In the order of the day, which may begin at 02:00: labels before the first one belong to its end.
    const std::string first = order.front();
    std::sort(order.begin(), order.end(), [&](const std::string& a, const std::string& b) {
        return std::pair(a < first, a) < std::pair(b < first, b);
    });
    for (const std::string& label : order) {
        HourFigures sum;
        sum.coverage = Coverage::kUnknown;
        for (const HourFigures& hour : by_clock[label]) {
            for (const auto& [type, count] : hour.counts)
                sum.counts[type] += count;
            sum.unknown_s += hour.unknown_s;
            if (hour.coverage != Coverage::kUnknown) sum.coverage = Coverage::kKnown;
        }
        if (sum.coverage == Coverage::kKnown && sum.unknown_s >= kBlindSecondsThatMatter) {
            sum.coverage = Coverage::kPartly;
        }
        out.by_hour.push_back(std::move(sum));
        out.hour_labels.push_back(label);
    }
}

void add_stays(const ReportInput& input, DailySummary& out) {
    for (const StoredEvent& stored : input.events) {
        const Event& e = stored.event;
        if (e.verdict == Verdict::kRejected) continue;
        out.stays.push_back({zone_key(e.camera, e.zone), e.type, e.start, std::max(e.start, e.end),
                             e.state == EventState::kOpen, e.verdict == Verdict::kReview});
    }
}

}  // namespace

const char* to_string(Coverage coverage) {
    switch (coverage) {
        case Coverage::kKnown:
            return "known";
        case Coverage::kPartly:
            return "partly";
        case Coverage::kUnknown:
            return "unknown";
    }
    return "?";
}

Result<std::vector<BusinessDay>> business_days(const TimeZone& zone, std::chrono::minutes day_end,
                                               const std::string& from_date, const std::string& to_date) {
    constexpr int kMaxDays = 3660;  // ten years: a typing error must not run for minutes
    std::vector<BusinessDay> out;
    std::string date = from_date;
    for (;;) {
        const auto next = TimeZone::add_days(date, 1);
        if (!next) return tl::unexpected(next.error());
        const auto from = zone.at(date, day_end);
        const auto to = zone.at(*next, day_end);
        if (!from) return tl::unexpected(from.error());
        if (!to) return tl::unexpected(to.error());
        out.push_back({date, {*from, *to}});
        if (date == to_date) return out;
        if (out.size() == 1) {
            if (const auto valid = TimeZone::add_days(to_date, 0); !valid)
                return tl::unexpected(valid.error());
            if (to_date < from_date) {
                return fail(ErrorKind::kInvalid,
                            "the range ends on " + to_date + ", before it begins on " + from_date);
            }
        }
        if (out.size() >= kMaxDays) {
            return fail(ErrorKind::kInvalid,
                        "the range " + from_date + " to " + to_date + " is longer than ten years");
        }
        date = *next;
    }
}

std::vector<Hour> hours_of(const TimeZone& zone, const BusinessDay& day) {
    std::vector<Hour> out;
    std::map<std::string, int> times;
    for (WallTime at = day.span.from; at < day.span.to; at += std::chrono::hours(1)) {
        const WallTime end = std::min<WallTime>(at + std::chrono::hours(1), day.span.to);
        out.push_back({{at, end}, zone.format(at, "%H:%M")});
        ++times[out.back().label];
    }
    for (Hour& hour : out) {
        if (times[hour.label] > 1) hour.label += " " + zone.format(hour.span.from, "%Z");
    }
    return out;
}

DailySummary make_summary(const TimeZone& zone, const std::vector<BusinessDay>& days,
                          const ReportInput& input) {
    CHAIRSIDE_CHECK(!days.empty());
    DailySummary out;
    out.from_date = days.front().date;
    out.to_date = days.back().date;
    out.from = days.front().span.from;
    out.to = days.back().span.to;
    out.gaps = input.gaps;
    out.seen_until = seen_until(input, out);
    add_figures(input, out);
    const BlindTimes blind = blind_times(input, out);
    for (const BusinessDay& day : days)
        add_day(day, input, blind, out);
    if (days.size() == 1) {
        add_hours_of_one_day(hours_of(zone, days.front()), input, blind, out);
        add_stays(input, out);
    } else {
        add_hours_of_many_days(zone, days, input, blind, out);
    }
    return out;
}

}  // namespace chairside
