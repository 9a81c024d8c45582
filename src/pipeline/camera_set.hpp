#pragma once
// CameraSet: the cameras that run, one worker each, and how they become others while the service runs.

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/locked.hpp"
#include "pipeline/camera_worker.hpp"

namespace chairside {

// Threads: begin(), open(), change() and stop() one at a time; the rest from any. A worker that somebody still asks outlives its place here.
class CameraSet {
  public:
    using Workers = std::vector<std::shared_ptr<CameraWorker>>;

    // They are there, but nothing is opened before open().
    void begin(const WorkerContext& context, const std::vector<CameraConfig>& cameras,
               std::map<std::string, EarlierRun> earlier);
    void open();

    struct Change {
        std::vector<std::string> added, removed, changed;  // changed: opened anew, or with other zones
    };
    // From now on these. Cameras of which only zones, ignored regions and thresholds differ go on and take those up between two
    // frames; others are opened anew, and who sits where stays. Cameras that are gone: their sessions end. Takes up to 5 s.
    Change change(const std::vector<CameraConfig>& cameras);
    void stop();

    Workers all() const;                                              // in the order of the configuration
    std::shared_ptr<CameraWorker> find(const std::string& id) const;  // null: no such camera
    // Every one came to its end (files). Without a camera nothing has ended.
    bool all_finished() const;

  private:
    struct Place {
        CameraConfig config;  // as it was last told
        std::shared_ptr<CameraWorker> worker;
    };
    Place place_of(const CameraConfig& camera, EarlierRun earlier) const;

    std::unique_ptr<const WorkerContext> context_;  // set by begin()
    bool open_ = false;
    std::atomic<bool> changing_ = false;  // a camera that is opened anew has ended only for a moment
    Locked<std::vector<Place>> places_;
};

}  // namespace chairside
