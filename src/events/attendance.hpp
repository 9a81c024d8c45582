#pragma once
// Is somebody standing by the person who sits? Clients are attended, staff who rest in a seat are not. Pure.

#include <deque>
#include <map>
#include <vector>

#include "config/zone.hpp"
#include "events/settings.hpp"
#include "events/walks.hpp"

namespace chairside {

// Of one session: the share of the time in which the seated person was seen that somebody stood by.
// Memory: a sample per second of the last minutes, in which a change of clients may still be found.
class Attendance {
  public:
    // t: s, increasing. visible: the part of the places beside the seat at which somebody would be seen. Whom others
    // hide may well be there.
    void add(double t, double dt, bool attended, double visible = 1);
    // Who sat there until `exit` keeps what was seen until then; what was seen from `enter` on is the next one's.
    Attendance hand_over(double exit, double enter);
    double share() const { return watched_s_ > 0 ? attended_s_ / watched_s_ : 0; }
    double watched_s() const { return watched_s_; }
    double attended_s() const { return attended_s_; }

  private:
    struct Sample {  // of up to a second
        double t = 0, last = 0;
        double watched_s = 0, attended_s = 0;
    };
    void count(double t, double watched_s, double attended_s);

    double watched_s_ = 0, attended_s_ = 0;
    std::deque<Sample> recent_;
};

// What is usual on this camera, per type of zone. Until it is known that clients are attended here, nobody is
// turned down for not being so: a camera may not show the staff, a service may need none. One type of zone in which
// clients are attended tells how much of their time they are in another, of which little is known yet.
class AttendanceHabit {
  public:
    explicit AttendanceHabit(const AttendanceSettings& settings) : settings_(settings) {}
    // Of a finished session. rested: nearly alone, and by an OnFoot one of the staff.
    void add(ZoneType type, double share, bool rested);
    // Below this share a long session is not a client's; 0 while unknown. Lower where staff hardly ever rest in seats.
    double limit(ZoneType type) const;

  private:
    AttendanceSettings settings_;
    std::map<ZoneType, std::deque<double>> shares_;
    std::deque<bool> rested_;  // of all types
};

// Times the limit: surely a client, whatever else is known.
inline constexpr double kWellAttended = 2;

// The share with what else is known of the client, as log odds.
double share_with(double share, double log_odds);

// Too little for a client. judged: the share, with what else is known.
struct Attended {
    double share = 0, judged = 0, watched_s = 0;
};
Attended judge_attended(double share, double watched_s, double log_odds);
bool is_unattended(const Attended& seen, double limit);

// The share that a session of this length needs: a short one may miss its barber for most of its time.
double needed_share(double limit, double watched_s);

// The part of the places beside a seat that nobody nearer to the camera hides. height, aspect: of a standing person there.
double visible_beside(const Anchor& anchor, double height, double aspect, const std::vector<Figure>& figures,
                      const AttendanceSettings& settings);

// In seated widths.
Point from_seat(Point foot, const Anchor& anchor);

// Within reach of the person who sits there.
bool stands_by(Point foot, const Anchor& anchor, const AttendanceSettings& settings);

}  // namespace chairside
