#pragma once
// RuntimeService: cameras, threads, queues, health. Joins the stages; holds no domain rule.

#include <functional>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "detect/detector.hpp"
#include "pipeline/camera_worker.hpp"
#include "serve/shop.hpp"
#include "serve/status.hpp"
#include "store/store.hpp"

namespace chairside {

// Threads: start, stop and wait from one thread; status() and subscribe() from any.
// Failure: start() returns what makes the service unable to run; a camera that fails later shows in status().
class RuntimeService {
  public:
    // The clock must outlive the service. `open` is the seam for tests.
    RuntimeService(Config config, std::shared_ptr<Detector> detector, std::unique_ptr<Store> store,
                   const Clock& clock, SourceOpener open = open_source);
    ~RuntimeService();  // stops

    // Called for every stored event, after the commit, from a pipeline thread: return soon. Before start().
    void subscribe(std::function<void(const Event&)> callback);

    Result<void> start();
    // Reads the configuration's file again (SIGHUP); what came of it is in the log and in status(). From any thread.
    void reload();
    // Drains, stores, and leaves what is open for the next run; returns within 5 s.
    void stop();
    // True when all cameras came to their end (files); false on timeout.
    bool wait(Duration timeout);
    // True when a camera failed for good (a file that cannot be read).
    bool any_camera_failed() const;
    Status status() const;
    const Store& store() const;
    Store& store();
    // What the dashboard asks. Valid as long as the service.
    Shop& shop();
    // For the dashboard; called from pipeline threads and the housekeeper's: return at once. Before start().
    struct Watcher {
        std::function<void()> changed;  // who sits where
        std::function<void(const std::string& camera, const Tracks&)> tracks;
        std::function<void()> second;  // about once a second
    };
    void watch(Watcher watcher);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
