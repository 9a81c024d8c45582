#include "track/tracker.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>

namespace chairside {
namespace {

constexpr double kLargestBox = 1e6;          // pixels, where the picture's size is not known
constexpr double kLargestBoxInPictures = 2;  // a box may be cut by the picture, but not this much larger

constexpr double kPaceMemory = 0.1;  // weight of the newest time between frames
constexpr double kOneFrame = 1.5;    // of the usual time between frames, with its jitter

bool usable(const Detection& d, const FrameInfo& frame) {
    const Box& b = d.box;
    const bool finite = std::isfinite(b.x) && std::isfinite(b.y) && std::isfinite(b.w) && std::isfinite(b.h);
    if (!finite || !(d.score > 0 && d.score <= 1) || b.w <= 0 || b.h <= 0) return false;
    if (frame.width <= 0 || frame.height <= 0) {
        return std::max({std::abs(b.x), std::abs(b.y), b.w, b.h}) <= kLargestBox;
    }
    const auto near = [](double middle, double size, double picture) {
        return size <= kLargestBoxInPictures * picture &&
               std::abs(middle - picture / 2) <= kLargestBoxInPictures * picture;
    };
    return near(b.x + b.w / 2, b.w, frame.width) && near(b.y + b.h / 2, b.h, frame.height);
}

double part_inside(const Box& b, const FrameInfo& frame) {
    if (frame.width <= 0 || frame.height <= 0) return 1;
    return intersection_area(b, {0, 0, double(frame.width), double(frame.height)}) / b.area();
}

Box mixed(const Box& a, const Box& b, double weight_b) {
    const Point ca = a.center(), cb = b.center();
    const double w = a.w + weight_b * (b.w - a.w), h = a.h + weight_b * (b.h - a.h);
    const double x = ca.x + weight_b * (cb.x - ca.x), y = ca.y + weight_b * (cb.y - ca.y);
    return {x - w / 2, y - h / 2, w, h};
}

struct Person {
    Person(const Box& box, const MotionOptions& motion, MonoTime now)
        : filter(box, motion), first(box), born(now), seen(now) {}

    BoxFilter filter;
    Box first;
    WatchedVelocity watched;
    TrackId id;  // 0 until confirmed
    MonoTime born{}, seen{};
    double usual_score = 0;
    double score_sum = 0;
    double inside = 1;  // part of the box in the picture when last seen
    int hits = 1;
    bool confirmed = false;
    bool seen_before = true;           // matched in the frame before this one
    const Detection* match = nullptr;  // in this frame
};

}  // namespace

class Tracker::Impl {
  public:
    explicit Impl(const TrackerOptions& options) : options_(options) {}
    const Tracks& update(const Detections& detections);

  private:
    enum class Stage { kConfirmed, kWeak, kTentative };

    void take_in(const Detections& detections);
    void predict(const FrameInfo& frame);
    void follow_picture();
    void watch_velocities();
    bool anchors_picture(const Person& p) const {
        return p.confirmed && unseen_s(p) <= std::max(0.3, 1.5 * dt_s_);
    }
    void match(Stage stage);
    bool takes_part(const Person& person, Stage stage) const;
    void correct(Person& person, const Detection& detection);
    void start_people();
    void drop_people(const FrameInfo& frame);
    bool gone(const Person& person, const FrameInfo& frame) const;
    void report(const FrameInfo& frame);
    double unseen_s(const Person& p) const { return to_seconds(now_ - p.seen); }

    TrackerOptions options_;
    MonoTime now_{};
    double dt_s_ = 0;
    double usual_dt_s_ = 0.1;  // time between frames, without the gaps
    ScoreLevel level_{options_.level};
    PictureMotion picture_{options_.picture};
    std::vector<PictureAnchor> anchors_;
    std::vector<VelocityChange> changes_;
    bool started_ = false;
    bool first_frame_ = true;
    std::int64_t last_id_ = 0;
    std::vector<Person> people_;
    std::vector<Detection> detections_;  // usable ones, by x
    std::vector<char> used_;
    std::vector<CostBox> rows_, columns_;
    PairList pairs_;
    AssignmentSolver solver_;
    Tracks tracks_;
};

const Tracks& Tracker::Impl::update(const Detections& detections) {
    if (started_ && detections.frame.mono <= now_) return tracks_;
    predict(detections.frame);
    take_in(detections);
    follow_picture();
    match(Stage::kConfirmed);
    match(Stage::kWeak);
    match(Stage::kTentative);
    drop_people(detections.frame);
    start_people();
    report(detections.frame);
    started_ = true;
    return tracks_;
}

// Sorted, so that the order in which the detector lists people cannot matter.
void Tracker::Impl::take_in(const Detections& detections) {
    detections_.clear();
    float best = 0;
    for (const auto& d : detections.people) {
        if (!usable(d, detections.frame)) continue;
        detections_.push_back(d);
        best = std::max(best, d.score);
    }
    if (!detections_.empty()) level_.learn(best, dt_s_);
    if (level_.needed())
        for (auto& d : detections_)
            d.score = level_.adjusted(d.score);
    std::erase_if(detections_, [&](const Detection& d) { return d.score < options_.score_min; });
    std::sort(detections_.begin(), detections_.end(), [](const Detection& a, const Detection& b) {
        const auto key = [](const Detection& d) {
            return std::make_tuple(d.box.x + d.box.w / 2, d.box.y, d.box.h, d.box.w, d.score);
        };
        return key(a) < key(b);
    });
    used_.assign(detections_.size(), 0);
}

void Tracker::Impl::predict(const FrameInfo& frame) {
    dt_s_ = to_seconds(frame.mono - now_);
    now_ = frame.mono;
    first_frame_ = people_.empty() && last_id_ == 0;
    if (started_) usual_dt_s_ += kPaceMemory * (std::min(dt_s_, 2 * usual_dt_s_) - usual_dt_s_);
    const MotionStep step(options_.motion, dt_s_);
    for (auto& person : people_) {
        person.filter.predict(step, person.seen_before);
        person.match = nullptr;
    }
}

bool Tracker::Impl::takes_part(const Person& person, Stage stage) const {
    if (person.match) return false;
    switch (stage) {
        case Stage::kConfirmed:
            return person.confirmed;
        case Stage::kWeak:
            return person.confirmed && unseen_s(person) <= options_.low_unseen_s;
        case Stage::kTentative:
            return !person.confirmed;
    }
    return false;
}

void Tracker::Impl::watch_velocities() {
    changes_.clear();
    const double watch_s = options_.picture.pan.watch_s;
    for (auto& p : people_) {
        if (!p.confirmed || !p.seen_before) continue;
        if (picture_.jolted()) p.watched.restart();
        p.watched.watch(p.filter.velocity(), dt_s_, watch_s);
        if (p.watched.ready(watch_s))
            changes_.push_back({p.watched.change(p.filter.velocity()), p.filter.height()});
    }
    picture_.watch(changes_, dt_s_);
}

void Tracker::Impl::follow_picture() {
    watch_velocities();
    anchors_.clear();
    columns_.clear();
    const MotionOptions& motion = options_.motion;
    for (auto& p : people_) {
        if (!anchors_picture(p)) continue;
        const auto v = p.filter.spread(p.usual_score, motion);
        const double h = p.filter.height(), noise = motion.centre_noise * h;
        anchors_.push_back({p.filter.centre().x, p.filter.centre().y, h, std::log(h), v[0], v[1],
                            v[3] / (h * h), v[0] - p.filter.var_value()[0], noise * noise,
                            p.filter.var_velocity()[0]});
    }
    for (std::size_t i = 0; i < detections_.size(); ++i) {
        const Detection& d = detections_[i];
        if (d.score < options_.score_high) continue;
        columns_.push_back({d.box.x + d.box.w / 2, d.box.y + d.box.h / 2, d.box.w, d.box.h, std::log(d.box.h),
                            d.score, 0, static_cast<int>(i)});
    }
    const auto move = picture_.estimate(anchors_, columns_, dt_s_);
    if (!move) return;
    for (auto& p : people_) {
        if (anchors_picture(p))
            p.filter.move_picture(move->scale, move->shift, move->push);
        else
            p.filter.move_picture(move->scale, move->lost_shift, move->lost_push);
    }
}

void Tracker::Impl::match(Stage stage) {
    rows_.clear();
    columns_.clear();
    for (std::size_t i = 0; i < people_.size(); ++i) {
        const Person& p = people_[i];
        if (!takes_part(p, stage)) continue;
        const double h = p.filter.height();
        rows_.push_back({p.filter.centre().x, p.filter.centre().y, p.filter.width(), h, std::log(h),
                         p.usual_score, unseen_s(p), static_cast<int>(i)});
    }
    if (rows_.empty()) return;
    for (std::size_t i = 0; i < detections_.size(); ++i) {
        const Detection& d = detections_[i];
        const bool weak = d.score < options_.score_high;
        if (used_[i] || weak != (stage == Stage::kWeak)) continue;
        columns_.push_back({d.box.x + d.box.w / 2, d.box.y + d.box.h / 2, d.box.w, d.box.h, std::log(d.box.h),
                            d.score, 0, static_cast<int>(i)});
    }
    pairs_.collect(rows_, columns_, options_.cost,
                   stage == Stage::kWeak ? options_.cost_limit_low : options_.cost_limit);
    const auto column_of =
        solver_.solve(pairs_.row_begin(), pairs_.pairs(), static_cast<int>(columns_.size()));
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        if (column_of[row] < 0) continue;
        const int detection = columns_[column_of[row]].index;
        used_[detection] = 1;
        correct(people_[rows_[row].index], detections_[detection]);
    }
}

void Tracker::Impl::correct(Person& p, const Detection& d) {
    p.match = &d;
    p.filter.correct(d.box, d.score, options_.motion);
    p.seen = now_;
    p.usual_score += options_.score_memory * (d.score - p.usual_score);
    p.score_sum += d.score;
    ++p.hits;
    if (!p.confirmed && p.score_sum >= options_.confirm_score) {
        p.confirmed = true;
        p.id = TrackId{++last_id_};
    }
}

void Tracker::Impl::start_people() {
    for (std::size_t i = 0; i < detections_.size(); ++i) {
        const Detection& d = detections_[i];
        if (used_[i] || d.score < options_.score_high) continue;
        Person p(d.box, options_.motion, now_);
        p.usual_score = p.score_sum = d.score;
        p.confirmed = first_frame_;
        if (first_frame_) p.id = TrackId{++last_id_};
        p.match = &d;
        people_.push_back(p);
    }
}

bool Tracker::Impl::gone(const Person& p, const FrameInfo& frame) const {
    if (p.match) return false;
    if (!p.confirmed) return !p.seen_before && unseen_s(p) > options_.tentative_unseen_s;
    if (unseen_s(p) > std::max(options_.lost_s, options_.lost_frames * usual_dt_s_)) return true;
    const double inside = part_inside(p.filter.box(), frame);
    return inside < options_.inside_min && inside < p.inside - options_.leaving_min;
}

void Tracker::Impl::drop_people(const FrameInfo& frame) {
    std::erase_if(people_, [&](const Person& p) { return gone(p, frame); });
}

void Tracker::Impl::report(const FrameInfo& frame) {
    tracks_.frame = frame;
    const double coast_s = std::max(options_.coast_s, kOneFrame * usual_dt_s_);
    tracks_.people.clear();
    for (auto& p : people_) {
        p.seen_before = p.match != nullptr;
        if (p.match) p.inside = part_inside(p.match->box, frame);
        if (!p.confirmed || unseen_s(p) > coast_s) continue;
        Track t;
        t.id = p.id;
        t.box = p.match ? mixed(p.filter.box(), p.match->box, options_.detection_weight) : p.filter.box();
        t.score = p.match ? p.match->score : 0;
        t.coasted = p.match == nullptr;
        t.velocity = p.filter.velocity();
        t.age_s = to_seconds(now_ - p.born);
        t.unseen_s = unseen_s(p);
        t.hits = p.hits;
        t.first = p.first;
        tracks_.people.push_back(t);
    }
    std::sort(tracks_.people.begin(), tracks_.people.end(),
              [](const Track& a, const Track& b) { return a.id < b.id; });
}

Tracker::Tracker(const TrackerOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Tracker::~Tracker() = default;
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;

const Tracks& Tracker::update(const Detections& detections) {
    return impl_->update(detections);
}

}  // namespace chairside
