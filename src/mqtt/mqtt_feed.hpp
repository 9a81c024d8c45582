#pragma once
// MqttFeed: the background thread that tells the owner's MQTT broker how the shop is, and each event (topics.hpp).
//
// Threads: all members from any. Delivery: events at least once, in their order; those that the broker has not acknowledged
// wait in the store, through restarts and outages. Failure: never ends by itself; what is wrong is in state(). Limits: stops
// within a second, unless the system's name service hangs.

#include <functional>
#include <memory>

#include "config/config.hpp"
#include "serve/status.hpp"
#include "store/store.hpp"

namespace chairside {

class MqttFeed {
  public:
    // Starts. The store must outlive it; `status` is called on its thread.
    MqttFeed(Store& store, Config config, std::function<Status()> status);
    ~MqttFeed();  // stops, and says good-bye to the broker
    void stop();
    // An event was stored: it is sent at once rather than within a second.
    void event_stored();
    MqttState state() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
