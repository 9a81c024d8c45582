#pragma once
// Hand counts against what was counted. Pure: values in, figures out. docs/cli.md explains them.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/hand_counts.hpp"
#include "audit/intervals.hpp"
#include "events/event.hpp"

namespace chairside {

// One event of the store or of a replay, whatever its verdict.
struct AuditedEvent {
    std::string id, zone;
    ZoneType type = ZoneType::kChair;
    WallTime start{}, end{};
    double confidence = 1;
    Verdict verdict = Verdict::kCounted;
    std::map<std::string, std::string> metadata{};
};

struct TimeSpan {
    WallTime from{}, to{};  // [from, to)
};

// One row of the table of differences.
struct Difference {
    std::string date;           // of an hour; "" in the table by zone
    std::optional<int> hour{};  // nullopt: in the table by zone
    std::string zone;           // "": all of the type
    ZoneType type = ZoneType::kChair;
    int hand = 0, counted = 0;
    double blind_s = 0;  // that a camera saw nothing
    int difference() const { return counted - hand; }
};

struct TypeTotal {
    ZoneType type = ZoneType::kChair;
    int hand = 0, counted = 0;
    int off = 0;  // services too many or too few, hour by hour (or missed and wrong ones)
    std::optional<Interval> difference;  // of (counted - hand) / hand, 95 %, bootstrap over hours or services
    Interval off_share;                  // of off / hand, 95 %, Poisson
};

struct Spread {
    double median = 0, p95 = 0;  // s
};

// Service by service; docs/cli.md says how they are matched.
struct MatchFigures {
    int matched = 0, missed = 0, wrong = 0;
    double precision = 0, recall = 0, f1 = 0;
    Interval precision_interval, recall_interval, f1_interval;  // 95 %, Wilson
    Spread start, end, dwell;                                   // absolute errors of matched services
};

struct LookAt {
    WallTime from{}, to{};
    std::string zone;
    ZoneType type = ZoneType::kChair;
    std::string reason;
    std::string event;  // its id; "": nothing was counted
};

struct Audit {
    bool by_service = false;
    std::vector<Difference> rows;   // by hour, type and zone; or by zone and type
    std::vector<TypeTotal> totals;  // of the types that were compared
    std::optional<MatchFigures> match;
    std::vector<LookAt> look_at;  // by time
    // The largest |counted - hand| / hand of a type, in percent; 100 where nothing should have been counted.
    double worst_percent() const;
};

struct AuditScope {
    // Only events that begin within are compared; empty: all. For hours the hours themselves are the scope.
    std::vector<TimeSpan> times;
    // false: of the types that were counted by hand; true: all.
    bool all_types = false;
    std::vector<TimeSpan> blind;  // when a camera saw nothing, in order, without overlap
};

Audit compare_hours(const std::vector<HandHour>& hand, const std::vector<AuditedEvent>& events,
                    const AuditScope& scope);
// One to one, same zone and type, at least half of the two times' union in common, best overlap first.
Audit compare_services(const std::vector<HandService>& hand, const std::vector<AuditedEvent>& events,
                       const AuditScope& scope);

}  // namespace chairside
