#pragma once
// What is said on which topic (docs/mqtt.md). Pure.

#include <string>
#include <vector>

#include "config/config.hpp"
#include "serve/status.hpp"

namespace chairside {

struct MqttMessage {
    std::string topic, body;
    bool retain = false;
};

// "<topic>/<branch>/<device>"; what a topic may not hold in the names becomes '_'.
std::string topic_base(const Config& config);

// "online" and "offline" are said here, the latter by the broker when the service is gone (last will).
std::string availability_topic(const Config& config);
// Who sits and waits, today's counts, cameras, what waits to be sent. Retained.
MqttMessage state_message(const Config& config, const Status& status);
// One for each event and revision; `body` as the outbox has it. Not retained.
MqttMessage event_message(const Config& config, const std::string& body);
// What Home Assistant wants to know of each sensor (its MQTT discovery). Retained.
std::vector<MqttMessage> discovery_messages(const Config& config, const std::string& version);

}  // namespace chairside
