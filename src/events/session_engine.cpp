#include "events/session_engine.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "events/confidence.hpp"

namespace chairside {
namespace {

constexpr double kFinal = to_seconds(kFinalAfter);  // s; later decisions change a stay until then
constexpr double kForgetTrack = 60;                 // s
constexpr double kTellingShare = 10;                // s watched before the share of a session says anything

}  // namespace

class SessionEngine::Book final : public Registry {
  public:
    std::int64_t next_stay() override { return ++stay_; }
    PersonId person_of(TrackId track) override {
        const auto known = people_.find(track);
        return known != people_.end() ? known->second.person : new_person(track);
    }
    PersonId new_person(TrackId track) override {
        const PersonId person{++person_};
        people_[track] = {person, now_};
        return person;
    }
    void bind(TrackId track, PersonId person) override { people_[track] = {person, now_}; }
    void reserve(std::int64_t stay, PersonId person) {
        stay_ = std::max(stay_, stay);
        person_ = std::max(person_, person.value);
    }
    void seen(const View& view) {
        now_ = view.t;
        for (const Person& p : view.people)
            if (const auto known = people_.find(p.track); known != people_.end()) known->second.last = now_;
        std::erase_if(people_, [&](const auto& e) { return e.second.last < now_ - kForgetTrack; });
    }

  private:
    struct Known {
        PersonId person;
        double last = 0;
    };
    std::map<TrackId, Known> people_;
    std::int64_t stay_ = 0, person_ = 0;
    double now_ = 0;
};

SessionEngine::SessionEngine(std::vector<ZoneConfig> zones, const EngineSettings& settings)
    : zones_(std::move(zones)),
      settings_(settings),
      people_(settings),
      book_(std::make_unique<Book>()),
      habit_(settings.attendance) {
    for (std::size_t i = 0; i < zones_.size(); ++i)
        sessions_.push_back(make_zone(i));
}

SessionEngine::Zone SessionEngine::make_zone(std::size_t i) {
    const int index = static_cast<int>(i);
    Zone zone;
    if (zones_[i].capacity <= settings_.seat_capacity_max) {
        auto seat = std::make_unique<SeatZone>(index, zones_[i], settings_, *book_, lessons_);
        zone.seat = seat.get();
        zone.main = std::move(seat);
        if (!posture_known_)
            zone.stand_in =
                std::make_unique<AreaZone>(index, zones_[i], settings_, Patience::kSitters, *book_);
    } else {
        zone.main = std::make_unique<AreaZone>(index, zones_[i], settings_, Patience::kWalkers, *book_);
    }
    return zone;
}

SessionEngine::~SessionEngine() = default;

void SessionEngine::update(const Occupancy& occupancy, double t) {
    if (started_ && t <= last_t_) return;
    started_ = true;
    last_t_ = t;
    const View& view = people_.update(occupancy, t);
    book_->seen(view);
    attend(view);
    for (Zone& zone : sessions_) {
        zone.main->update(view);
        if (zone.stand_in && !posture_known_) zone.stand_in->update(view);
    }
    for (Zone& zone : sessions_)
        collect(zone, !posture_known_);
    forget();
    if (posture_known_ || !people_.posture().learned()) return;
    for (Zone& zone : sessions_) {
        if (zone.seat == nullptr) continue;
        for (const SeatSession& session : zone.seat->sessions())
            if (session.stay.confirmed && session.seen_s >= settings_.posture_proof_s)
                return posture_became_known();
    }
}

// Each standing person serves the nearest seat that somebody sits in.
void SessionEngine::attend(const View& view) {
    struct Seat {
        SeatSession* session;
        std::vector<Point> feet = {};  // of those who stand by; seated widths from the seat
    };
    std::vector<Seat> seats;
    for (Zone& zone : sessions_) {
        if (zone.seat == nullptr) continue;
        zone.seat->set_attendance_limit(
            habit_.limit(zones_[static_cast<std::size_t>(&zone - sessions_.data())].type));
        for (SeatSession& session : zone.seat->sessions())
            if (session.anchor.w > 0 &&
                zones_[static_cast<std::size_t>(session.stay.zone)].type != ZoneType::kWait)
                seats.push_back({&session});
    }
    for (const Figure& person : view.figures) {
        if (!person.standing) continue;
        Seat* nearest = nullptr;
        double best = std::numeric_limits<double>::max();
        for (Seat& seat : seats) {
            const double d = distance_in_widths(person.foot, seat.session->anchor);
            if (d < best) best = d, nearest = &seat;
        }
        if (nearest != nullptr && stands_by(person.foot, nearest->session->anchor, settings_.attendance))
            nearest->feet.push_back(from_seat(person.foot, nearest->session->anchor));
    }
    for (const Seat& seat : seats) {
        if (seat.session->unseen_s(view.t) >= settings_.attendance.recent_s) continue;
        const Anchor& anchor = seat.session->anchor;
        const PostureModel& posture = people_.posture();
        const bool attended = !seat.feet.empty();
        const double visible =
            attended || !posture.learned()
                ? 1
                : visible_beside(anchor, posture.standing_height(anchor.foot.y, view.height),
                                 posture.standing_aspect(), view.figures, settings_.attendance);
        const double dt = std::min(view.dt, 1.0);
        seat.session->attendance.add(view.t, dt, attended, visible);
        seat.session->company.add(view.t, dt, seat.feet);
    }
}

// What is usual here is better known with each session that ends. One that was counted before, and was attended too
// little for a client as is known now, is put right.
void SessionEngine::settle_attendance(Stay stay, const SeatZone::Finished& seen) {
    const ZoneType type = zones_[static_cast<std::size_t>(stay.zone)].type;
    const bool counted = stay.verdict == Verdict::kCounted;
    const auto why = stay.notes.find("rejected");
    const bool unattended = why != stay.notes.end() && why->second == "unattended";
    if (type == ZoneType::kWait || seen.watched_s < kTellingShare || !(counted || unattended))
        return report(std::move(stay));
    const bool rested = seen.share < settings_.attendance.unattended &&
                        (seen.signs.on_foot.long_before == true || seen.signs.on_foot.long_after == true);
    habit_.add(type, seen.share, rested);
    const double usual = habit_.limit(type);
    if (usual > 0 && seen.share > kWellAttended * usual) lessons_.clients.add_client(type, seen.signs);
    if (counted) unsettled_.push_back({stay, seen});
    report(std::move(stay));
    std::erase_if(unsettled_, [&](Unsettled& earlier) {
        const ZoneType its_type = zones_[static_cast<std::size_t>(earlier.stay.zone)].type;
        const double limit = habit_.limit(its_type);
        const Attended attended = judge_attended(earlier.seen.share, earlier.seen.watched_s,
                                                 lessons_.clients.log_odds(its_type, earlier.seen.signs));
        if (!is_unattended(attended, limit)) return false;
        turn_down_unattended(earlier.stay, attended.judged, limit);
        report(std::move(earlier.stay));
        return true;
    });
}

// The last word on a stay, if it was not taken yet, is replaced.
void SessionEngine::report(Stay stay) {
    const auto same = std::find_if(finished_.begin(), finished_.end(),
                                   [&](const Stay& s) { return s.number == stay.number; });
    if (same != finished_.end())
        *same = std::move(stay);
    else
        finished_.push_back(std::move(stay));
}

void SessionEngine::collect(Zone& zone, bool report_stand_in) {
    std::vector<Stay> stays = zone.main->take_finished();
    if (zone.seat == nullptr) {
        std::move(stays.begin(), stays.end(), std::back_inserter(finished_));
        return;
    }
    const std::vector<SeatZone::Finished> attendance = zone.seat->take_attendance();
    for (std::size_t i = 0; i < stays.size(); ++i) {
        if (report_stand_in)
            held_seats_.push_back(std::move(stays[i]));
        else
            settle_attendance(std::move(stays[i]), attendance[i]);
    }
    if (!report_stand_in) return;
    for (Stay& stay : zone.stand_in->take_finished()) {
        held_stand_ins_.push_back(stay);
        finished_.push_back(std::move(stay));
    }
}

void SessionEngine::forget() {
    const auto old = [&](const Stay& stay) { return stay.last < last_t_ - kFinal; };
    std::erase_if(held_seats_, old);
    std::erase_if(held_stand_ins_, old);
    std::erase_if(unsettled_, [&](const Unsettled& e) { return old(e.stay); });
}

// From now on only those who sit count. What was counted by presence alone so far is put right: a seat's stay
// goes on under the number of the stand-in that it overlaps most; other stand-ins were no services.
void SessionEngine::posture_became_known() {
    for (std::size_t z = 0; z < sessions_.size(); ++z) {
        if (sessions_[z].seat == nullptr) continue;
        adopt_numbers(z);
        sessions_[z].stand_in.reset();
    }
    posture_known_ = true;
    std::move(held_seats_.begin(), held_seats_.end(), std::back_inserter(finished_));
    held_seats_.clear();
    held_stand_ins_.clear();
}

void SessionEngine::adopt_numbers(std::size_t z) {
    Zone& zone = sessions_[z];
    zone.stand_in->end([](const Stay&) { return true; }, EndReason::kLeft);
    std::vector<Stay> stand_ins = zone.stand_in->take_finished();
    for (const Stay& stay : held_stand_ins_)
        if (stay.zone == static_cast<int>(z)) stand_ins.push_back(stay);
    std::vector<Stay> seats;
    for (const Stay& stay : held_seats_)
        if (stay.zone == static_cast<int>(z)) seats.push_back(stay);
    for (const Stay* stay : zone.main->open())
        seats.push_back(*stay);

    for (Stay& old : stand_ins) {
        const Stay* best = nullptr;
        double best_overlap = 0;
        for (const Stay& seat : seats) {
            const double overlap = std::min(seat.last, old.last) - std::max(seat.start, old.start);
            if (overlap > best_overlap) best_overlap = overlap, best = &seat;
        }
        // What was told as ended cannot go on: the seat's own stay says it all.
        const bool told_as_ended = best != nullptr && old.closed && !best->closed &&
                                   std::none_of(finished_.begin(), finished_.end(),
                                                [&](const Stay& s) { return s.number == old.number; });
        if (best == nullptr || told_as_ended) {
            old.verdict = Verdict::kRejected;
            old.notes["rejected"] = best == nullptr ? "not seated" : "part of a longer stay";
            finished_.push_back(old);
            continue;
        }
        std::erase_if(finished_, [&](const Stay& s) { return s.number == old.number; });
        zone.main->adopt(best->number, old);
        for (Stay& held : held_seats_) {
            if (held.number != best->number) continue;
            held.number = old.number;
            held.person = old.person;
        }
        std::erase_if(seats, [number = best->number](const Stay& s) { return s.number == number; });
    }
}

std::vector<const Stay*> SessionEngine::open() const {
    std::vector<const Stay*> out;
    for (const Zone& zone : sessions_) {
        const auto stays = zone.stand_in ? zone.stand_in->open() : zone.main->open();
        out.insert(out.end(), stays.begin(), stays.end());
    }
    std::sort(out.begin(), out.end(), [](const Stay* a, const Stay* b) {
        return std::tie(a->start, a->zone, a->number) < std::tie(b->start, b->zone, b->number);
    });
    return out;
}

Notes SessionEngine::describe(const Stay& stay) const {
    const Zone& zone = sessions_[static_cast<std::size_t>(stay.zone)];
    return zone.stand_in ? zone.stand_in->describe(stay) : zone.main->describe(stay);
}

std::vector<Stay> SessionEngine::take_finished() {
    std::sort(finished_.begin(), finished_.end(), [](const Stay& a, const Stay& b) {
        return std::tie(a.last, a.zone, a.number) < std::tie(b.last, b.zone, b.number);
    });
    return std::exchange(finished_, {});
}

void SessionEngine::restore(const Stay& stay) {
    reserve(stay.number, stay.person);
    Zone& zone = sessions_[static_cast<std::size_t>(stay.zone)];
    (zone.stand_in ? *zone.stand_in : *zone.main).restore(stay);
}

void SessionEngine::reserve(std::int64_t stay_number, PersonId person) {
    book_->reserve(stay_number, person);
}

void SessionEngine::end(const std::function<bool(const Stay&)>& chosen, EndReason reason) {
    for (Zone& zone : sessions_) {
        zone.main->end(chosen, reason);
        if (zone.stand_in) zone.stand_in->end(chosen, reason);
        collect(zone, !posture_known_);
    }
}

}  // namespace chairside
