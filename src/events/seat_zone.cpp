#include "events/seat_zone.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "events/confidence.hpp"
#include "events/edges.hpp"

namespace chairside {
namespace {

constexpr double kRelearnAfter = 5;    // s; of boxes that do not fit a seat
constexpr double kRefusalsApart = 10;  // s
constexpr double kSamePerson = 0.5;    // IoU
constexpr double kLessSure = 100;      // after all pairs that are near
constexpr double kNewAtDepth = -0.1;   // box widths: a session begins this close to the polygon
constexpr double kShort = 0.5;         // s: the most that frames may lie apart at the dwell threshold
constexpr double kInView = 1.5;        // s: between the last sighting and somebody who stands before the seat
constexpr double kMostHidden = 20;     // s, at either end of a stay
constexpr double kSameEdge = 3;        // s: a walk this near an end of the stay made it
constexpr double kSettles = 0.5;       // s more, then it is known who did
constexpr double kDoubt = 1.5;         // graces, of whoever is seen now and then
constexpr double kSeldom = 0.15;       // of its frames on a bench, where those beside hide for long, or …
constexpr double kSeldomShown =
    0.2;  // … of that in which the seat was visible; clients: 0.25 and more, most over 0.5
constexpr double kHardlyShown = 0.06;  // … likewise, of those who are served
constexpr double kSeldomSurely = 15;   // s visible, from which on that holds for those who are served, too
constexpr double kSameSpot = 0.5;      // IoU of the places of two sessions that may be one person's
constexpr double kServed = 0.4;        // of the time, where nothing is known of what is usual yet
constexpr double kNever = std::numeric_limits<double>::max();
constexpr std::int64_t kSingleSeat = 0;

double clamp_to(double value, double low, double high) {
    return std::max(low, std::min(value, high));
}

}  // namespace

SeatZone::SeatZone(int index, const ZoneConfig& config, const EngineSettings& settings, Registry& registry,
                   Lessons& lessons)
    : index_(index),
      config_(config),
      settings_(settings),
      registry_(registry),
      lessons_(lessons),
      grace_s_(to_seconds(config.grace)),
      dwell_s_(to_seconds(config.dwell)),
      gaps_(settings.split, &lessons.steadiness) {
    if (config.capacity == 1) walks_.emplace(kSingleSeat, WalkLog(settings.seat));
}

WalkLog& SeatZone::walks(const SeatSession& session) {
    return walks_.at(config_.capacity == 1 ? kSingleSeat : session.stay.number);
}
const WalkLog& SeatZone::walks(const SeatSession& session) const {
    return walks_.at(config_.capacity == 1 ? kSingleSeat : session.stay.number);
}

void SeatZone::begin(const Figure& figure, const View& view) {
    SeatSession session;
    session.stay.number = registry_.next_stay();
    session.stay.zone = index_;
    session.stay.person = registry_.person_of(figure.track);
    session.stay.start = session.first = session.stay.last = view.t;
    session.see(figure, view, settings_.seat);
    if (config_.capacity != 1) walks_.emplace(session.stay.number, WalkLog(settings_.seat));
    if (view.walker_trails != nullptr) walks(session).look_back(*view.walker_trails, view.t, session.anchor);
    sessions_.push_back(std::move(session));
}

// Somebody was seen to come: that is when the stay began. Where that is longer ago, the seat was hidden since.
void SeatZone::arrived(SeatSession& session, double from, double to) {
    const auto came = walks(session).walks(true, covers_.back(to, edge_window()), to);
    const auto who = who_sat_down(came, from, to - edge_window(), settings_.seat);
    session.start_seen = who.has_value();
    if (who) {
        session.stay.start = std::min(who->edge, to);
        session.came = who;
    }
    session.on_foot.long_before = long_on_foot(session, true);
}

// Of whoever sat down or rose then: the shortest time, where several may have.
std::optional<bool> SeatZone::long_on_foot(const SeatSession& session, bool before) const {
    const double t = before ? session.stay.start : session.stay.last;
    std::optional<bool> out;
    for (const Walk& walk : walks(session).walks(before, t - kSameEdge - 1, t + kSameEdge + 1)) {
        if (std::abs(walk.edge - t) > kSameEdge || !rose_or_sat_down(walk, settings_.seat)) continue;
        if (walk.at_large_s >= kLongOnFoot) {
            if (!out) out = true;
        } else if (before || !walk.followed) {
            out = false;
        }
    }
    return out;
}

Attended SeatZone::attended(const SeatSession& session) const {
    return judge_attended(session.attendance.share(), session.attendance.watched_s(),
                          lessons_.clients.log_odds(config_.type, session.signs()));
}

void SeatZone::confirm(SeatSession& session) {
    session.stay.confirmed = true;
    session.free_since = occupied_until_;
    session.settles_at = session.first + kSitsDown + kSettles;
    arrived(session, session.free_since, session.first);
}

// Who of those who came sat down, and who stayed on foot beside, is known some seconds later.
void SeatZone::settle(SeatSession& session, double now) {
    if (now >= session.settles_at) {
        session.settles_at = kNever;
        arrived(session, session.free_since, session.first);
    }
    judge(session);
}

// How large the person looks, sitting, for somebody who stands there: ln; the middle of all samples.
std::optional<double> SeatZone::stature(const SeatSession& session, const View& view) const {
    if (view.posture == nullptr || !view.posture->learned() || session.anchor.w <= 0) return std::nullopt;
    std::vector<double> sizes;
    int boxes = 0;
    for (const SizeSample& sample : session.sizes)
        if (sample.t >= session.first) sizes.push_back(sample.size), boxes += sample.boxes;
    if (boxes < settings_.split.enough_after) return std::nullopt;
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return *middle - std::log(view.posture->standing_height(session.anchor.foot.y, view.height));
}

void SeatZone::learn_rising(SeatSession& session, const View& view) {
    if (!session.came) return;
    const auto seated = stature(session, view);
    if (!seated) return;
    lessons_.rising.add(index_, session.came->stature, *seated);
    session.came.reset();
}

// Whoever sits in a seat after somebody else tells how much people differ.
void SeatZone::learn_shape(const SeatSession& session) {
    const auto shape = config_.capacity == 1 ? shape_of(session.sizes, session.first) : std::nullopt;
    if (!shape) return;
    if (last_shape_) lessons_.shapes.follow(*last_shape_, *shape);
    last_shape_ = shape;
}

// Who sits in a seat looks about as large as others there: not like a reflection, or a neighbour nearer to the camera.
bool SeatZone::fits(const Anchor& anchor, const Figure& figure) const {
    return anchor.h <= 0 || std::abs(std::log(figure.box.h / anchor.h)) < settings_.seat.same_size;
}

// Where somebody sits who came before: begun by a second box of that one, most likely. Who is seen alone there is the first.
bool SeatZone::is_second(std::size_t s) const {
    if (config_.capacity == 1) return false;
    const Box own = sessions_[s].anchor.box();
    return std::any_of(sessions_.begin(), sessions_.begin() + static_cast<std::ptrdiff_t>(s),
                       [&](const SeatSession& older) { return iou(older.anchor.box(), own) > kSameSpot; });
}

void SeatZone::assign(const View& view) {
    struct Pair {
        double cost;
        std::size_t session, person;
    };
    std::vector<Pair> pairs;
    const bool single = config_.capacity == 1;
    const double gate = single ? settings_.seat.same_seat : settings_.seat.same_spot;
    for (std::size_t p = 0; p < view.figures.size(); ++p) {
        const Figure& figure = view.figures[p];
        if (!figure.seated || (figure.zone != index_ && figure.zone >= 0)) continue;
        for (std::size_t s = 0; s < sessions_.size(); ++s) {
            if (!fits(sessions_[s].anchor, figure)) {
                if (single && figure.zone == index_ &&
                    distance_in_widths(figure.foot, sessions_[s].anchor) < gate)
                    sessions_[s].refuse(view);
                continue;
            }
            if (sessions_[s].anchor.w <= 0 && figure.zone != index_) continue;  // where it was is not known
            // Outside the zone only what covers the person counts: a reflection or a neighbour may sit near.
            const bool near =
                figure.zone == index_ && (single && sessions_[s].anchor.w > 0
                                              ? distance_in_widths(figure.foot, sessions_[s].anchor) < gate
                                              : sessions_[s].mismatch(figure) < gate);
            // A box that misses the legs, or takes in a neighbour, has its foot elsewhere but still shows this person.
            const bool same = iou(figure.box, sessions_[s].anchor.box()) > kSamePerson;
            if (near || same)
                pairs.push_back(
                    {sessions_[s].mismatch(figure) + (near ? 0 : kLessSure) + (is_second(s) ? kLessSure : 0),
                     s, p});
        }
    }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& a, const Pair& b) { return a.cost < b.cost; });
    std::vector<char> session_used(sessions_.size()), person_used(view.figures.size());
    for (const Pair& pair : pairs) {
        if (session_used[pair.session] || person_used[pair.person]) continue;
        session_used[pair.session] = person_used[pair.person] = 1;
        sessions_[pair.session].see(view.figures[pair.person], view, settings_.seat);
    }
    for (std::size_t s = 0; s < session_used.size(); ++s)
        if (!session_used[s])
            sessions_[s].miss(view, single ? HiddenBy::kStanding : HiddenBy::kAnybody, settings_.seat);
    const std::size_t most = single ? 1 : static_cast<std::size_t>(4 * config_.capacity);
    for (std::size_t p = 0; p < view.figures.size(); ++p) {
        const Figure& figure = view.figures[p];
        if (person_used[p] || !figure.seated || figure.zone != index_ || figure.depth < kNewAtDepth) continue;
        if (sessions_.size() >= most) continue;
        if (single && !fits(seat_, figure) && !relearn_seat(view)) continue;
        begin(figure, view);
    }
}

// What was learned of a seat may be wrong, or its chair was moved: who keeps sitting there is believed in the end.
bool SeatZone::relearn_seat(const View& view) {
    if (view.t - last_refused_ > kRefusalsApart) refused_s_ = 0;
    last_refused_ = view.t;
    refused_s_ += std::min(view.dt, 1.0);
    if (refused_s_ < kRelearnAfter) return false;
    refused_s_ = 0;
    seat_ = {};
    return true;
}

void SeatZone::observe_walks(const View& view) {
    if (config_.capacity == 1) {
        const bool proven =
            !sessions_.empty() && sessions_.front().stay.confirmed && sessions_.front().anchor.w > 0;
        if (proven) seat_ = sessions_.front().anchor;
        if (seat_.w <= 0) return;
        walks_.at(kSingleSeat).observe(view, seat_);
        covers_.observe(view.t, view.typical_dt,
                        view.outage || covered(view, seat_, HiddenBy::kStanding, settings_.seat.covered));
        return;
    }
    for (const SeatSession& session : sessions_)
        if (session.anchor.w > 0) walks(session).observe(view, session.anchor);
}

void SeatZone::update(const View& view) {
    last_.t = view.t;
    last_.dt = view.dt;
    last_.typical_dt = view.typical_dt;
    last_.posture = view.posture;
    last_.height = view.height;
    observe_walks(view);
    assign(view);
    for (SeatSession& session : sessions_) {
        if (!session.stay.confirmed && session.seen_s >= settings_.seat.confirm_s &&
            session.boxes >= settings_.seat.confirm_boxes && session.shown_share() >= kSeldomShown)
            confirm(session);
    }
    test_splits(view, false);
    for (SeatSession& session : sessions_) {
        if (over(session, view.t))
            close(session, EndReason::kGrace);
        else
            settle(session, view.t);
    }
    std::erase_if(sessions_, [](const SeatSession& s) { return s.stay.closed; });
    if (config_.capacity != 1)
        std::erase_if(walks_, [&](const auto& entry) {
            return std::none_of(sessions_.begin(), sessions_.end(),
                                [&](const SeatSession& s) { return s.stay.number == entry.first; });
        });
}

bool SeatZone::over(const SeatSession& session, double t) const {
    const SeatSettings& seat = settings_.seat;
    const double unseen = session.clear_s + session.covered_s;
    if (!session.stay.confirmed)
        return session.doubt_s > seat.tentative_s || unseen > seat.tentative_covered_s;
    if (session.clear_s > grace_s_ || session.doubt_s > kDoubt * grace_s_) return true;
    if (unseen <= seat.grace_factor_covered * grace_s_) return false;
    const auto went = walks(session).walks(false, session.stay.last - 1, t);
    const bool left = std::any_of(went.begin(), went.end(),
                                  [&](const Walk& walk) { return rose_or_sat_down(walk, settings_.seat); });
    return left || unseen > std::max(seat.hold_covered_s, seat.grace_factor_covered * grace_s_);
}

// Gaps that were not split soon were one person's, most likely; those that are too old to be split any more, surely.
void SeatZone::learn(SeatSession& session, double now) {
    for (SeatGap& gap : session.gaps) {
        if (gap.end >= now - settings_.split.learn_after_s) break;
        if (!gap.usual)
            gaps_.same_person(gap.watched_s(),
                              size_change(session.sizes, gap.begin, gap.end, settings_.split));
        gap.usual = true;
    }
    while (!session.gaps.empty() && session.gaps.front().end < now - settings_.split.look_back_s) {
        const SeatGap& gap = session.gaps.front();
        if (gap.score > session.worst_gap.score) session.worst_gap = gap;
        session.gaps.pop_front();
    }
}

void SeatZone::test_splits(const View& view, bool ended) {
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
        SeatSession& session = sessions_[i];
        if (!session.stay.confirmed || session.stay.closed || (!ended && view.t < session.next_test))
            continue;
        session.next_test = view.t + settings_.split.interval_s;
        SplitInput input;
        input.all = view.t >= session.next_full_test;
        if (input.all) session.next_full_test = view.t + settings_.split.full_interval_s;
        input.now = view.t;
        input.dt = view.typical_dt;
        input.ended = ended;
        input.first = session.first;
        input.sizes = &session.sizes;
        input.gaps = &session.gaps;
        input.walks = &walks(session);
        input.statistics = &gaps_;
        input.other_shape = lessons_.shapes.spread();
        learn_rising(session, view);
        if (view.posture != nullptr && view.posture->learned()) input.walker = lessons_.rising.in(index_);
        if (input.walker)
            input.walker->offset -=
                std::log(view.posture->standing_height(session.anchor.foot.y, view.height));
        if (const auto found = find_split(input, settings_.split))
            split(i, *found, view);
        else
            learn(session, view.t);
    }
}

void SeatZone::split(std::size_t index, const SplitFound& found, const View& view) {
    SeatSession next = sessions_[index];  // the second client goes on in the seat
    SeatSession& left = sessions_[index];
    next.stay.number = registry_.next_stay();
    next.stay.person = registry_.new_person(next.stay.track);
    next.first = next.stay.start = found.enter;
    next.stay.notes.clear();
    next.attendance = left.attendance.hand_over(found.exit, found.enter);
    next.worst_gap = {};
    next.longest_gap_s = next.hidden_s = next.outage_s = 0;
    next.start_score = found.score;
    std::erase_if(next.sizes, [&](const SizeSample& s) { return s.t < found.enter - 1e-9; });
    next.gaps.erase(next.gaps.begin(), next.gaps.begin() + static_cast<std::ptrdiff_t>(found.last_gap) + 1);
    if (config_.capacity != 1) {
        const WalkLog seen = walks(left);
        walks_.emplace(next.stay.number, seen);
    }
    next.sure_until = std::max(next.sure_until, found.enter);
    next.shown_s = next.not_shown_s = next.not_shown_since_s = 0;
    next.came.reset();
    next.settles_at = kNever;
    next.on_foot = {};
    next.company = {};
    arrived(next, found.exit, found.enter);

    left.stay.last = found.exit;
    left.end_score = found.score;
    std::erase_if(left.sizes, [&](const SizeSample& s) { return s.t > found.exit + 1e-9; });
    left.gaps.erase(left.gaps.begin() + static_cast<std::ptrdiff_t>(found.first_gap), left.gaps.end());
    const double latest = next.stay.start;
    close(left, EndReason::kLeft);
    Stay& told = last_finished();
    told.last = std::min(told.last, latest);
    told.notes["end"] = "next client";
    (void)view;
    sessions_.push_back(std::move(next));
}

void SeatZone::judge(SeatSession& session) const {
    const bool attended_type = config_.type != ZoneType::kWait;
    const Attended seen = attended(session);
    const bool alone = attended_type && is_unattended(seen, attendance_limit_);
    session.stay.verdict = !alone                ? Verdict::kCounted
                           : session.stay.closed ? Verdict::kRejected
                                                 : Verdict::kReview;
    ConfidenceInput input{session.stay.dwell(), dwell_s_,
                          gaps_.mean_s(),       attended_type ? attendance_limit_ : 0,
                          !session.stay.closed, seen.judged};
    session.stay.confidence = seat_confidence(session, input);
}

// Whoever went was last seen half a frame before that, on average.
double SeatZone::least_dwell() const {
    return dwell_s_ - std::min(kShort, last_.typical_dt) / 2;
}

// Who came or went unseen, behind somebody, did so at any time while the seat was hidden: half of it is what to expect.
// Asked only where it decides whether the stay was long enough, as what is hidden differs with the frame rate, and not
// for those who may be resting.
void SeatZone::add_hidden_ends(SeatSession& session, bool end_seen) const {
    Stay& stay = session.stay;
    const double lacking = least_dwell() - stay.dwell();
    if (config_.capacity != 1 || lacking <= 0) return;
    if (config_.type != ZoneType::kWait && attended(session).judged < attendance_limit_) return;
    const auto half = [](double edge, double hidden_until) {
        return std::clamp(std::abs(hidden_until - edge) - kInView, 0.0, kMostHidden) / 2;
    };
    const double before = session.start_seen ? 0 : half(stay.start, covers_.back(stay.start, kInView));
    const double after = end_seen ? 0 : half(stay.last, covers_.forward(stay.last, kInView));
    if (before + after < lacking) return;
    stay.start = std::max(stay.start - before, std::min(stay.start, occupied_until_));
    stay.last += after;
}

// An empty seat that looks taken now and then; on a bench a second box of somebody who sits there, or of two. Who is served is
// there however little is seen, unless the seat was in view for long enough to tell: then a person is asked, or nobody.
std::optional<Verdict> SeatZone::seldom_seen(const SeatSession& session) const {
    if (config_.capacity != 1 && session.seen_share() < kSeldom) return Verdict::kRejected;
    if (session.shown_share() >= kSeldomShown) return std::nullopt;
    const double served = attendance_limit_ > 0 ? kWellAttended * attendance_limit_ : kServed;
    if (session.attendance.share() < served) return Verdict::kRejected;
    if (session.shown_s + session.not_shown_s <= kSeldomSurely) return std::nullopt;
    return session.shown_share() < kHardlyShown ? Verdict::kRejected : Verdict::kReview;
}

void SeatZone::close(SeatSession& session, EndReason reason) {
    session.stay.closed = true;
    if (!session.stay.confirmed) return;
    if (reason == EndReason::kGrace && session.doubt_s > kDoubt * grace_s_)
        session.stay.last = std::min(session.stay.last, session.sure_until);
    const double last = session.stay.last, until = covers_.forward(last, edge_window());
    const auto went = who_rose(walks(session).walks(false, last - kLongestSteps, until + kLongestSteps), last,
                               gaps_.mean_s());
    if (went) session.stay.last = clamp_to(went->edge, session.stay.last, last_.t);
    if (went && reason == EndReason::kGrace) reason = EndReason::kLeft;
    add_hidden_ends(session, went.has_value());
    if (config_.capacity == 1) occupied_until_ = session.stay.last;
    for (const SeatGap& gap : session.gaps)
        if (gap.score > session.worst_gap.score) session.worst_gap = gap;
    learn_shape(session);
    session.on_foot.long_after = long_on_foot(session, false);
    session.stay.end = reason;
    session.stay.notes = describe(session.stay);
    session.stay.notes["end"] = to_string(reason);
    judge(session);
    if (session.stay.verdict == Verdict::kRejected) session.stay.notes["rejected"] = "unattended";
    if (const auto verdict = seldom_seen(session)) {
        session.stay.verdict = *verdict;
        session.stay.notes[*verdict == Verdict::kReview ? "review" : "rejected"] = "seldom seen";
    }
    if (session.stay.dwell() < least_dwell()) {
        session.stay.verdict = Verdict::kRejected;
        session.stay.notes.erase("review");
        session.stay.notes["rejected"] = "short";
    }
    finish(session.stay);
    finished_attendance_.push_back(
        {session.attendance.share(), session.attendance.watched_s(), session.signs()});
}

std::vector<const Stay*> SeatZone::open() const {
    std::vector<const Stay*> out;
    for (const SeatSession& session : sessions_)
        if (session.stay.confirmed) out.push_back(&session.stay);
    return out;
}

Notes SeatZone::describe(const Stay& stay) const {
    for (const SeatSession& session : sessions_) {
        if (session.stay.number != stay.number) continue;
        const bool attended_type = config_.type != ZoneType::kWait;
        ConfidenceInput input{stay.dwell(),   dwell_s_,
                              gaps_.mean_s(), attended_type ? attendance_limit_ : 0,
                              !stay.closed,   attended(session).judged};
        Notes notes = seat_notes(session, input);
        if (const auto large = stature(session, last_); large && std::isfinite(*large))
            notes["stature"] = number(*large, 3);
        if (stay.verdict == Verdict::kReview) notes["review"] = "not attended so far";
        return notes;
    }
    return {};
}

void SeatZone::end(const std::function<bool(const Stay&)>& chosen, EndReason reason) {
    test_splits(last_, true);
    for (SeatSession& session : sessions_)
        if (!session.stay.closed && chosen(session.stay)) close(session, reason);
    std::erase_if(sessions_, [](const SeatSession& s) { return s.stay.closed; });
}

void SeatZone::restore(const Stay& stay) {
    SeatSession session;
    session.stay = stay;
    session.first = stay.start;
    session.anchor.foot = stay.anchor;
    session.boxes = settings_.seat.confirm_boxes;
    session.seen_s = std::max(settings_.seat.confirm_s, stay.dwell());
    session.frames_s = stay.dwell();
    session.sure_until = stay.last;
    session.start_seen = true;
    if (config_.capacity != 1) walks_.emplace(stay.number, WalkLog(settings_.seat));
    sessions_.push_back(std::move(session));
}

void SeatZone::adopt(std::int64_t number, const Stay& known) {
    for (SeatSession& session : sessions_) {
        if (session.stay.number != number) continue;
        session.stay.number = known.number;
        session.stay.person = known.person;
        if (auto node = walks_.extract(number); !node.empty()) {
            node.key() = known.number;
            walks_.insert(std::move(node));
        }
    }
}

void SeatZone::set_zone(int index, const ZoneConfig& config) {
    index_ = index;
    config_ = config;
    grace_s_ = to_seconds(config.grace);
    dwell_s_ = to_seconds(config.dwell);
    for (SeatSession& session : sessions_)
        session.stay.zone = index;
}

}  // namespace chairside
