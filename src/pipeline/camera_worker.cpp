#include "pipeline/camera_worker.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/log.hpp"

namespace chairside {
namespace {

constexpr std::size_t kMostOwedGaps = 1000;
constexpr std::size_t kDelays = 600;  // that the status's percentiles are of
constexpr Duration kRateWindow = std::chrono::seconds(5);
constexpr auto kFeetStep = std::chrono::minutes(10);  // what a crash may lose of the foot maps
// Opening and reading have the camera's own time-out; this long after it they hang.
constexpr Duration kCapturePatience = std::chrono::seconds(30), kAnalysePatience = std::chrono::seconds(60);
constexpr double kFirstBackoffS = 1, kLongestBackoffS = 30, kBackoffGrowth = 1.5;

void fill_delays(std::deque<Duration> delays, CameraStatus& s) {
    if (delays.empty()) return;
    std::sort(delays.begin(), delays.end());
    const auto at = [&](std::size_t percent) {
        return to_seconds(delays[std::min(delays.size() - 1, delays.size() * percent / 100)]) * 1000;
    };
    s.delay_p50_ms = at(50);
    s.delay_p99_ms = at(99);
}

}  // namespace

CameraWorker::CameraWorker(CameraConfig config, WorkerContext context, EarlierRun earlier)
    : config_(std::move(config)),
      context_(std::move(context)),
      earlier_(std::move(earlier)),
      kept_analysis_(earlier_.analysis ? earlier_.analysis
                                       : std::make_shared<Analysis>(config_.id, config_.zones, context_.ids,
                                                                    config_.ignore, config_.ignore_still)),
      analysis_(*kept_analysis_),
      lane_(context_.engine.join(config_)),
      looks_(context_.runtime.crops && config_.tiles == Tiles{}
                 ? std::make_shared<Locked<LookPlan>>(LookPlan(config_.zones))
                 : nullptr),
      numbers_(CameraHealth(paced() ? earlier_.last_alive : std::nullopt,
                            paced() && earlier_.open_gap.has_value(), earlier_.reason)),
      capture_pulse_("capture of camera " + config_.id, config_.timeout + kCapturePatience),
      analyse_pulse_("analysis of camera " + config_.id, kAnalysePatience),
      pictures_(context_.clock),
      seen_(config_.target_fps) {
    if (earlier_.open_gap) gap_ = earlier_.open_gap->id;
    if (earlier_.analysis) rezone(config_);  // which may have other zones
    if (looks_)
        context_.engine.look_at(lane_, [looks = looks_](MonoTime t) {
            return looks->with([&](LookPlan& plan) { return plan.next(t); });
        });
}

CameraWorker::~CameraWorker() {
    request_stop();
    join();
}

void CameraWorker::start() {
    restore();
    capture_thread_ = std::thread([this] { capture_loop(); });
    analyse_thread_ = std::thread([this] { analyse_loop(); });
}

void CameraWorker::restore() {
    if (earlier_.analysis || earlier_.sessions.empty()) return;
    const MonoTime now = paced() ? context_.clock.mono_now() : MonoTime::max();
    const EventChanges changes = analysis_.events().restore(earlier_.sessions, now);
    log_info(config_.id, "sessions of the last run",
             {{"resumed", std::to_string(earlier_.sessions.size() - changes.ended.size())},
              {"closed", std::to_string(changes.ended.size())}});
    context_.sink.put(config_.id, changes);
}

void CameraWorker::tick() {
    const auto now = context_.clock.mono_now();
    if (paced() && !finished_) {
        record(numbers_.with([&](Numbers& n) { return n.health.on_tick(now, context_.clock.wall_now()); }));
        note_alive();
    }
    pictures_.tick();
    interrupt_if_stuck();
}

// A source that hangs beyond all its time-outs is told to stop, and is then opened anew like one that was lost.
void CameraWorker::interrupt_if_stuck() {
    if (capture_pulse_.late() <= Duration::zero() || interrupted_.exchange(true)) return;
    log_error(config_.id, "the camera's stream hangs; it is opened again");
    const std::unique_lock lock(source_mutex_, std::try_to_lock);
    if (lock && source_) source_->stop();
}

// What a crash must not lose: when each open session and the camera itself were last seen.
void CameraWorker::note_alive() {
    const auto sessions = analysis_.events().open_sessions();
    Result<void> done;
    if (!sessions.empty()) done = context_.store.touch(sessions);
    if (const auto wall = last_frame_wall(); done && wall) done = context_.store.alive(config_.id, *wall);
    // A full disk refuses each second: said once.
    const std::string refusal = done ? "" : done.error().message;
    if (alive_refusal_.with([&](std::string& known) { return std::exchange(known, refusal); }) != refusal &&
        !done)
        log_warning(config_.id, refusal);
}

void CameraWorker::request_stop() {
    {
        const std::lock_guard lock(wait_mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    const std::lock_guard lock(source_mutex_);
    if (source_) source_->stop();
}

void CameraWorker::join() {
    if (capture_thread_.joinable()) capture_thread_.join();
    if (analyse_thread_.joinable()) analyse_thread_.join();
}

EarlierRun CameraWorker::leave() {
    EarlierRun out;
    out.reason = "reopened";
    out.last_alive = last_frame_wall();
    out.sessions = analysis_.events().open_sessions();
    const std::lock_guard lock(gap_mutex_);
    if (gap_) {
        out.open_gap = Gap{};
        out.open_gap->id = *gap_;
        out.open_gap->camera = config_.id;
    }
    out.analysis = kept_analysis_;
    return out;
}

void CameraWorker::dismiss() {
    context_.sink.put(config_.id, analysis_.events().end_all(EndReason::kCameraRemoved));
    record({std::nullopt, context_.clock.wall_now(), {}});
}

bool CameraWorker::failed() const {
    return numbers_.with([](const Numbers& n) { return n.health.state() == CameraState::kFailed; });
}

RateSteps::Seen CameraWorker::seen_by_engine() const {
    const auto drops = context_.engine.drops(lane_);
    return {context_.engine.came(lane_), drops.newer + drops.too_old};
}

CameraStatus CameraWorker::status() const {
    const auto now = context_.clock.mono_now();
    const auto drops = context_.engine.drops(lane_);
    return numbers_.with([&](const Numbers& n) {
        CameraStatus s;
        s.id = config_.id;
        s.state = to_string(n.health.state());
        const auto recent = std::count_if(n.recent.begin(), n.recent.end(),
                                          [&](MonoTime t) { return now - t < kRateWindow; });
        if (recent > 1) {
            const auto oldest = *std::find_if(n.recent.begin(), n.recent.end(),
                                              [&](MonoTime t) { return now - t < kRateWindow; });
            s.fps = static_cast<double>(recent) / std::max(0.2, to_seconds(now - oldest));
        }
        if (!n.recent.empty()) s.last_frame_age_s = to_seconds(now - n.recent.back());
        s.frames = n.frames;
        s.still = n.still;
        s.cropped = n.cropped;
        s.target_fps = config_.target_fps;
        const double limit = fps_limit_;
        s.allowed_fps = limit > 0 ? std::min(limit, config_.target_fps) : config_.target_fps;
        if (paced()) fill_delays(n.delays, s);
        s.active_tracks = n.active_tracks;
        s.still_things = n.still_things;
        s.dropped = drops.newer + drops.too_old;
        s.too_old = drops.too_old;
        s.progress = n.progress;
        s.error = n.stream_error.empty() ? n.engine_error : n.stream_error;
        return s;
    });
}

std::optional<WallTime> CameraWorker::last_frame_wall() const {
    return numbers_.with([](const Numbers& n) { return n.last_wall; });
}

ShopCamera CameraWorker::shop_camera() const {
    ShopCamera out{config_, status(), analysis_.events().open_sessions(), std::nullopt};
    std::transform(latency_.begin(), latency_.end(), out.latency.begin(),
                   [](const LatencyHistogram& h) { return h.counts(); });
    numbers_.with([&](const Numbers& n) {
        out.last_frame = n.last_wall;
        out.width = n.width;
        out.height = n.height;
    });
    return out;
}

Result<ShopPicture> CameraWorker::picture(Duration patience) {
    return pictures_.get(patience);
}

// What the store does not take now is owed: tried again with the next change, and each second.
void CameraWorker::record(const GapChange& change) {
    const std::lock_guard lock(gap_mutex_);
    if (change.begin || change.end) owed_gaps_.push_back(change);
    while (!owed_gaps_.empty() && recorded(owed_gaps_.front()))
        owed_gaps_.pop_front();
    if (owed_gaps_.size() > kMostOwedGaps) {
        log_error(config_.id, "a gap in what it saw is lost: the store has taken none for too long");
        owed_gaps_.pop_front();
    }
}

// With gap_mutex_ held. False: not now.
bool CameraWorker::recorded(GapChange& change) {
    const auto later = [&](const Error& error) {
        if (owed_gaps_.size() == 1) log_warning(config_.id, error.message, {{"what", "a gap; tried again"}});
        return error.kind == ErrorKind::kNotFound;
    };
    if (change.begin) {
        const auto row = context_.store.begin_gap(config_.id, *change.begin, change.reason);
        if (!row) return later(row.error());
        gap_ = *row;
        change.begin.reset();
    }
    if (change.end && gap_) {
        if (const auto ended = context_.store.end_gap(*gap_, *change.end); !ended)
            return later(ended.error());
        gap_.reset();
    }
    return true;
}

void CameraWorker::set_stream_error(const std::string& text) {
    numbers_.with([&](Numbers& n) { n.stream_error = text; });
}

// ---- capture ----

SourceOptions CameraWorker::source_options() const {
    SourceOptions o;
    o.source = config_.source;
    o.live = config_.live;
    o.target_fps = config_.target_fps;
    o.realtime = config_.realtime;
    o.loop = config_.loop;
    o.start_time = config_.start_time;
    o.rtsp_transport = config_.rtsp_transport;
    o.timeout = config_.timeout;
    o.fps_limit = &fps_limit_;
    o.skip_still = config_.skip_still;
    o.spare_decoding = context_.runtime.spare_decoding;
    o.decode_on = context_.runtime.decode_on;
    o.views = context_.engine.detector().views(config_.tiles);
    o.picture = pictures_.wanted();
    return o;
}

void CameraWorker::capture_loop() {
    name_thread("cap:" + config_.id);
    while (!stopping_ && capture_until_loss())
        back_off();
    context_.engine.close(lane_);
}

bool CameraWorker::capture_until_loss() {
    const Pulse::Step step(capture_pulse_);
    interrupted_ = false;
    auto opened = context_.open(source_options(), context_.clock, &stopping_);
    if (!opened) return !give_up(opened.error());
    FrameSource* source = opened->get();
    {
        const std::lock_guard lock(source_mutex_);
        source_ = std::move(*opened);
    }
    if (stopping_) source->stop();
    const auto& info = source->info();
    log_info(
        config_.id, "camera opened",
        {{"size", std::to_string(info.width) + "x" + std::to_string(info.height)}, {"codec", info.codec}});
    bool again = false;
    const auto still_before = numbers_.with([](const Numbers& n) { return n.still; });
    while (!stopping_) {
        capture_pulse_.begin();
        auto frame = source->next();
        capture_pulse_.rest();
        if (!frame) {
            again = !give_up(frame.error());
            break;
        }
        failures_ = 0;
        const auto progress = source->progress();
        const auto still = source->counters().still;
        numbers_.with([&](Numbers& n) {
            n.progress = progress;
            n.still = still_before + still;
            n.stream_error.clear();
        });
        context_.engine.put(lane_, std::move(*frame));
    }
    const std::lock_guard lock(source_mutex_);
    source_.reset();
    return again;
}

// True when there is no point in trying again.
bool CameraWorker::give_up(const Error& error) {
    if (stopping_ || (error.kind == ErrorKind::kCancelled && !interrupted_)) return true;
    if (!config_.live) {
        if (error.kind != ErrorKind::kEnd) {
            log_error(config_.id, error.message);
            set_stream_error(error.message);
            numbers_.with([](Numbers& n) { n.health.on_failed(); });
        }
        return true;
    }
    const std::string text = error.kind == ErrorKind::kEnd         ? "the camera ended the stream"
                             : error.kind == ErrorKind::kCancelled ? "the camera's stream hung"
                                                                   : error.message;
    log_warning(config_.id, text, {{"failures", std::to_string(failures_ + 1)}});
    set_stream_error(text);
    return false;
}

void CameraWorker::back_off() {
    // Full jitter over a growing bound, never less than half a second: a shop's cameras return together after a power cut
    // and must not all be asked at once. Growing by half rather than twofold: a camera that restarted within 20 s is seen
    // again within 15 s, and one that is gone for minutes is asked every 15 s on average.
    thread_local std::minstd_rand random(std::random_device{}());
    const double bound =
        std::min(kLongestBackoffS, kFirstBackoffS * std::pow(kBackoffGrowth, std::min(failures_, 20)));
    ++failures_;
    const double seconds = std::uniform_real_distribution<>(std::min(0.5, bound / 2), bound)(random);
    std::unique_lock lock(wait_mutex_);
    wake_.wait_for(lock, from_seconds(seconds), [this] { return stopping_.load(); });
}

// ---- analyse ----

void CameraWorker::analyse_loop() {
    name_thread("ana:" + config_.id);
    while (context_.engine.wait(lane_)) {
        const Pulse::Step step(analyse_pulse_);
        const auto item = context_.engine.next(lane_);
        const MonoTime detected = context_.clock.mono_now(), arrived = item.frame->info.arrived;
        handle(*item.frame, item.detections);
        const MonoTime done = context_.clock.mono_now();
        if (arrived != MonoTime{}) {
            time(Stage::kQueue, arrived, item.submitted);
            time(Stage::kTotal, arrived, done);
        }
        time(Stage::kDetect, item.submitted, detected);
        time(Stage::kAnalyse, detected, done);
    }
    finish();
}

void CameraWorker::rezone(const CameraConfig& config) {
    wanted_.with([&](std::optional<CameraConfig>& wanted) { wanted = config; });
}

void CameraWorker::take_up_zones() {
    auto wanted = wanted_.with([](std::optional<CameraConfig>& w) { return std::exchange(w, std::nullopt); });
    if (!wanted) return;
    if (looks_) looks_->with([&](LookPlan& plan) { plan.rezone(wanted->zones); });
    context_.sink.put(config_.id, analysis_.rezone(std::move(wanted->zones), std::move(wanted->ignore),
                                                   wanted->ignore_still));
    log_info(config_.id, "zones and thresholds of the branch's new settings are in use");
}

void CameraWorker::handle(const Frame& frame, const Result<Detections>& detections) {
    if (!detections) {
        const bool news = numbers_.with([&](Numbers& n) {
            return std::exchange(n.engine_error, detections.error().message) != n.engine_error;
        });
        if (news) log_error(config_.id, detections.error().message);
        return;
    }
    take_up_zones();
    const EventChanges changes = analysis_.step(*detections);
    if (looks_)
        looks_->with([&](LookPlan& plan) {
            plan.learn(analysis_.tracks(), analysis_.occupancy(), detections->part >= 1);
        });
    context_.sink.put(config_.id, changes);
    tell(frame, *detections, changes);
    const auto now = context_.clock.mono_now();
    const auto change = numbers_.with([&](Numbers& n) {
        ++n.frames;
        if (detections->part < 1) ++n.cropped;
        n.delays.push_back(now - frame.info.mono);
        if (n.delays.size() > kDelays) n.delays.pop_front();
        n.active_tracks = static_cast<int>(analysis_.tracks().people.size());
        n.still_things = analysis_.still_things();
        n.recent.push_back(paced() ? frame.info.mono : now);
        while (n.recent.size() > 1 && now - n.recent.front() > kRateWindow)
            n.recent.pop_front();
        n.last_wall = frame.info.wall;
        n.width = frame.info.width;
        n.height = frame.info.height;
        n.engine_error.clear();
        return n.health.on_frame(frame.info.mono, frame.info.wall);
    });
    if (paced()) record(change);
    store_feet(frame.info.wall, false);
}

// To who watches.
void CameraWorker::tell(const Frame& frame, const Detections& detections, const EventChanges& changes) {
    const bool changed = !changes.events.empty() || !changes.sessions.empty() || !changes.ended.empty();
    if (changed && context_.on_change) context_.on_change();
    if (context_.on_tracks) context_.on_tracks(config_.id, analysis_.tracks());
    pictures_.put(frame, detections, analysis_.tracks());
    seen_.put(detections);
}

void CameraWorker::store_feet(WallTime now, bool last) {
    if (!feet_since_) feet_since_ = now;
    using std::chrono::floor, std::chrono::hours;
    const bool due = now - *feet_since_ >= kFeetStep || floor<hours>(now) != floor<hours>(*feet_since_);
    if (!due && !last) return;
    const auto stored = context_.store.add_feet(config_.id, *feet_since_, analysis_.events().take_feet());
    if (!stored) log_warning(config_.id, stored.error().message);
    feet_since_ = now;
}

void CameraWorker::finish() {
    const bool at_end = !stopping_;
    if (feet_since_) store_feet(*feet_since_, true);
    if (!paced() || at_end) {
        context_.sink.put(config_.id,
                          analysis_.events().end_all(at_end ? EndReason::kEndOfStream : EndReason::kStopped));
    } else {
        // Left open: the next run takes them up within the grace time, or closes them at this last time seen.
        note_alive();
    }
    numbers_.with([&](Numbers& n) {
        if (at_end && n.health.state() != CameraState::kFailed) n.health.on_end();
        if (at_end && n.progress) n.progress = 1.0;
        n.active_tracks = 0;
    });
    finished_ = true;
    context_.on_finished();
}

}  // namespace chairside
