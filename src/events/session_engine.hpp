#pragma once
// The sessions of one camera: who is where, over time, in; stays out. Pure: no clock, no thread, no ids of
// events. Each zone has a regime by its capacity: seats (somebody sits, the seat owns the session) or an area
// (people stand and walk, one session per person).

#include <map>
#include <memory>
#include <vector>

#include "events/area_zone.hpp"
#include "events/attendance.hpp"
#include "events/people.hpp"
#include "events/seat_zone.hpp"
#include "events/stay.hpp"

namespace chairside {

// Threads: one. Time: seconds, increasing; update() ignores a frame that is not later than the last.
// Memory: what is open or recent only; grows neither with time nor with people seen.
class SessionEngine {
  public:
    explicit SessionEngine(std::vector<ZoneConfig> zones, const EngineSettings& settings = {});
    ~SessionEngine();

    void update(const Occupancy& occupancy, double t);

    // Confirmed stays that go on, by start, then number. Valid until the next call that is not const.
    std::vector<const Stay*> open() const;
    Notes describe(const Stay& stay) const;  // of an open one
    // Stays that ended since the last call, and earlier ones whose verdict has changed since; by end, then
    // number.
    std::vector<Stay> take_finished();

    // A stay of an earlier run goes on; its number and person keep their meaning.
    void restore(const Stay& stay);
    void end(const std::function<bool(const Stay&)>& chosen, EndReason reason);
    // Other zones, from the next frame on (rezone.cpp). Stays go on where a zone of this name and type is still there;
    // in others there may be none. What was learned of people, seats and habits stays. take_finished() first.
    void rezone(std::vector<ZoneConfig> zones);
    void reserve(std::int64_t stay_number, PersonId person);  // numbers up to these were used before

    const std::vector<ZoneConfig>& zones() const { return zones_; }
    // Whether this camera has shown people who sit, so that postures decide in zones with seats.
    bool posture_known() const { return posture_known_; }
    const PostureModel& posture() const { return people_.posture(); }
    const View& view() const { return people_.view(); }  // of the last update

  private:
    class Book;
    struct Zone {
        std::unique_ptr<ZoneSessions> main;
        SeatZone* seat = nullptr;                // main, where it is one
        std::unique_ptr<ZoneSessions> stand_in;  // of a seat zone, while no posture is known
    };
    struct Unsettled {  // counted, as far as is known so far
        Stay stay;
        SeatZone::Finished seen;
    };
    Zone make_zone(std::size_t index);
    void move_held(const std::vector<int>& now_at);
    void attend(const View& view);
    void collect(Zone& zone, bool report_stand_in);
    void settle_attendance(Stay stay, const SeatZone::Finished& seen);
    void report(Stay stay);
    void forget();
    void posture_became_known();
    void adopt_numbers(std::size_t zone);

    std::vector<ZoneConfig> zones_;
    EngineSettings settings_;
    People people_;
    std::unique_ptr<Book> book_;
    Lessons lessons_;
    std::vector<Zone> sessions_;
    std::vector<Stay> finished_;
    bool posture_known_ = false;
    std::vector<Stay> held_seats_, held_stand_ins_;  // finished while no posture was known
    AttendanceHabit habit_;
    std::vector<Unsettled> unsettled_;  // of the last hours
    double last_t_ = 0;
    bool started_ = false;
};

}  // namespace chairside
