#pragma once
// CameraWorker: one camera's two threads. The first captures: opens the source, reads frames, comes back
// after a loss. The second analyses: keeps the detector busy, then tracks, zones, events, sink.

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/locked.hpp"
#include "base/pulse.hpp"
#include "capture/frame_source.hpp"
#include "config/config.hpp"
#include "detect/detector.hpp"
#include "pipeline/analysis.hpp"
#include "pipeline/camera_health.hpp"
#include "pipeline/detection_log.hpp"
#include "pipeline/engine_queue.hpp"
#include "pipeline/event_sink.hpp"
#include "pipeline/look_plan.hpp"
#include "pipeline/picture_desk.hpp"
#include "pipeline/rate_steps.hpp"
#include "serve/shop.hpp"
#include "serve/status.hpp"

namespace chairside {

using SourceOpener = std::function<Result<std::unique_ptr<FrameSource>>(const SourceOptions&, const Clock&,
                                                                        const std::atomic<bool>*)>;

// What all cameras share. Everything outlives the workers.
struct WorkerContext {
    EngineQueue& engine;
    EventSink& sink;
    Store& store;
    const Clock& clock;
    EventIdSource& ids;
    SourceOpener open;
    RuntimeConfig runtime;
    std::function<void()> on_finished;  // a camera ended or failed for good
    // For who watches; from the analysing threads, so they return at once. May be empty.
    std::function<void()> on_change{};  // who sits where
    std::function<void(const std::string& camera, const Tracks&)> on_tracks{};
};

// What an earlier run left of this camera.
struct EarlierRun {
    std::vector<OpenSession> sessions;
    std::optional<WallTime> last_alive;
    std::optional<Gap> open_gap;
    std::string reason;  // "crash", "stopped" or "reopened"
    // Of a worker of the same camera in this run: goes on as it is. Shared, since who asks the old worker may still hold it.
    std::shared_ptr<Analysis> analysis;
};

// Threads: start, tick, request_stop and join from one; status() from any.
class CameraWorker {
  public:
    CameraWorker(CameraConfig config, WorkerContext context, EarlierRun earlier);
    ~CameraWorker();

    void start();
    // Zones, ignored regions and thresholds of this configuration from the next frame on; the last call wins. Any thread.
    void rezone(const CameraConfig& config);
    // At most so many pictures a second from now on; its target again if that is as much. Any thread.
    void limit_fps(double fps) { fps_limit_ = fps; }
    RateSteps::Seen seen_by_engine() const;
    // Its pictures come whether there is CPU for them or not.
    bool falls_behind() const { return config_.live; }
    int priority() const { return config_.priority; }
    double target_fps() const { return config_.target_fps; }
    void tick();  // about once a second: health, last-seen times, gaps
    void request_stop();
    void join();
    // After join(). For another worker of this camera: who is where goes on in it.
    EarlierRun leave();
    // After join(), of a camera that is taken out of the shop: its sessions and its gap end.
    void dismiss();

    const std::string& id() const { return config_.id; }
    bool finished() const { return finished_; }
    bool failed() const;
    CameraStatus status() const;
    ShopCamera shop_camera() const;
    // See Shop::picture. Any thread.
    Result<ShopPicture> picture(Duration patience);
    const DetectionLog& seen() const { return seen_; }
    std::optional<WallTime> last_frame_wall() const;
    int active_people() const { return analysis_.events().summary().active_people; }

  private:
    struct Numbers {
        explicit Numbers(CameraHealth h) : health(std::move(h)) {}
        CameraHealth health;
        std::uint64_t frames = 0, still = 0, cropped = 0;
        int active_tracks = 0, still_things = 0;
        std::deque<MonoTime> recent;  // when the frames of the last seconds were taken; at full speed, done
        std::deque<Duration> delays;  // from capture to the events' commit, of the last frames
        std::optional<WallTime> last_wall;
        int width = 0, height = 0;  // of the last picture
        std::optional<double> progress;
        // The stream's goes with the next picture that arrives, not with one that was on its way when it broke.
        std::string stream_error, engine_error;
    };

    // Files that play as fast as they can have no relation to now: no gaps, no sessions to take up later.
    bool paced() const { return config_.live || config_.realtime; }
    void restore();
    void note_alive();
    SourceOptions source_options() const;

    void capture_loop();
    // False when the camera is done for good.
    bool capture_until_loss();
    bool give_up(const Error& error);
    void back_off();

    void analyse_loop();
    void take_up_zones();
    void handle(const Frame& frame, const Result<Detections>& detections);
    void time(Stage stage, MonoTime from, MonoTime to) {
        latency_[static_cast<std::size_t>(stage)].add(to - from);
    }
    void tell(const Frame& frame, const Detections& detections, const EventChanges& changes);
    void interrupt_if_stuck();
    void record(const GapChange& change);
    bool recorded(GapChange& change);
    void set_stream_error(const std::string& text);
    void finish();
    // Of the minutes since the last time, into the hour they belong to.
    void store_feet(WallTime now, bool last);

    const CameraConfig config_;
    const WorkerContext context_;
    EarlierRun earlier_;
    const std::shared_ptr<Analysis> kept_analysis_;
    Analysis& analysis_;      // the same
    const std::size_t lane_;  // at the engine
    std::atomic<double> fps_limit_ = 0;
    const std::shared_ptr<Locked<LookPlan>>
        looks_;  // null: always whole pictures. Shared with the engine's queue
    Locked<Numbers> numbers_;
    std::array<LatencyHistogram, kStages> latency_;  // by Stage
    Locked<std::optional<CameraConfig>> wanted_;     // not taken up yet
    std::mutex gap_mutex_;                           // guards the two below
    std::optional<std::int64_t> gap_;                // row of the gap going on
    std::deque<GapChange> owed_gaps_;                // that the store has not taken yet, oldest first
    Locked<std::string> alive_refusal_;  // why the store does not take who was last seen; empty: it does

    std::mutex source_mutex_;  // guards source_
    std::unique_ptr<FrameSource> source_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> finished_ = false;
    std::mutex wait_mutex_;
    std::condition_variable wake_;
    int failures_ = 0;                    // capture thread only
    std::optional<WallTime> feet_since_;  // analyse thread only
    Pulse capture_pulse_, analyse_pulse_;
    std::atomic<bool> interrupted_ = false;  // the source was told to stop, since it hung
    PictureDesk pictures_;
    DetectionLog seen_;
    std::thread capture_thread_, analyse_thread_;
};

}  // namespace chairside
