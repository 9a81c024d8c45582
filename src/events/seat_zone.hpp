#pragma once
// The sessions of a zone with seats: a chair, a basin, a bench. The seat owns the session: whoever sits there
// is its client, hidden or not, until the seat was empty for the grace time or clients were exchanged. Pure.

#include <map>

#include "config/zone.hpp"
#include "events/cover_log.hpp"
#include "events/seat_session.hpp"
#include "events/zone_sessions.hpp"

namespace chairside {

class SeatZone final : public ZoneSessions {
  public:
    SeatZone(int index, const ZoneConfig& config, const EngineSettings& settings, Registry& registry,
             Lessons& lessons);

    void update(const View& view) override;
    std::vector<const Stay*> open() const override;
    Notes describe(const Stay& stay) const override;
    void end(const std::function<bool(const Stay&)>& chosen, EndReason reason) override;
    void restore(const Stay& stay) override;
    void adopt(std::int64_t number, const Stay& known) override;
    void set_zone(int index, const ZoneConfig& config) override;

    // For the engine, which knows all seats of the camera: who is attended, and what is usual here.
    std::vector<SeatSession>& sessions() { return sessions_; }
    void set_attendance_limit(double share) { attendance_limit_ = share; }
    // Of the sessions that take_finished() hands out next, in the same order.
    struct Finished {
        double share = 0, watched_s = 0;  // attended, seen
        ClientSigns signs;
    };
    std::vector<Finished> take_attendance() { return std::exchange(finished_attendance_, {}); }

  private:
    void assign(const View& view);
    bool is_second(std::size_t s) const;
    bool relearn_seat(const View& view);
    bool fits(const Anchor& anchor, const Figure& figure) const;
    void begin(const Figure& figure, const View& view);
    void confirm(SeatSession& session);
    void settle(SeatSession& session, double now);
    void test_splits(const View& view, bool ended);
    void split(std::size_t index, const SplitFound& found, const View& view);
    void learn(SeatSession& session, double now);
    void arrived(SeatSession& session, double from, double to);
    std::optional<double> stature(const SeatSession& session, const View& view) const;
    void learn_rising(SeatSession& session, const View& view);
    void learn_shape(const SeatSession& session);
    Attended attended(const SeatSession& session) const;
    std::optional<bool> long_on_foot(const SeatSession& session, bool before) const;
    bool over(const SeatSession& session, double t) const;
    double least_dwell() const;
    void add_hidden_ends(SeatSession& session, bool end_seen) const;
    std::optional<Verdict> seldom_seen(const SeatSession& session) const;
    void close(SeatSession& session, EndReason reason);
    void judge(SeatSession& session) const;
    WalkLog& walks(const SeatSession& session);
    const WalkLog& walks(const SeatSession& session) const;
    void observe_walks(const View& view);
    double edge_window() const { return 3 * gaps_.mean_s() + 1; }

    int index_;
    ZoneConfig config_;
    EngineSettings settings_;
    Registry& registry_;
    Lessons& lessons_;                 // of the camera
    std::optional<Shape> last_shape_;  // of whoever sat in the single seat last
    double grace_s_, dwell_s_;
    std::vector<SeatSession> sessions_;  // by start
    std::vector<Finished> finished_attendance_;
    std::map<std::int64_t, WalkLog> walks_;  // by stay; 0: of the single seat
    double refused_s_ = 0, last_refused_ = -1e18;
    Anchor seat_;                    // the single seat, remembered while it is empty: …
    CoverLog covers_;                // … when somebody stood before it
    double occupied_until_ = -1e18;  // … and when its last client left
    GapStatistics gaps_;
    double attendance_limit_ = 0;
    View last_;  // times only; for end()
};

}  // namespace chairside
