#include "mqtt/topics.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace chairside {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A part of a topic, or of an identifier in Home Assistant.
std::string part(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c < 0x80; }, '_');
    return text.empty() ? "_" : text;
}

struct Sensor {
    const char *kind, *object, *name, *value, *more;  // more: members of its own, as JSON
};

constexpr Sensor kSensors[] = {
    {"sensor", "people", "People", "{{ value_json.people }}",
     R"({"icon": "mdi:account-group", "state_class": "measurement"})"},
    {"sensor", "haircuts", "Haircuts today", "{{ value_json.haircuts }}",
     R"({"icon": "mdi:content-cut", "state_class": "total"})"},
    {"sensor", "washes", "Washes today", "{{ value_json.washes }}",
     R"({"icon": "mdi:shower-head", "state_class": "total"})"},
    {"sensor", "waits", "Waits today", "{{ value_json.waits }}",
     R"({"icon": "mdi:sofa", "state_class": "total"})"},
    {"sensor", "unsent", "Events to send", "{{ value_json.unsent }}",
     R"({"icon": "mdi:cloud-upload", "state_class": "measurement", "entity_category": "diagnostic"})"},
    {"binary_sensor", "problem", "Problem", "{{ 'ON' if value_json.problem else 'OFF' }}",
     R"({"device_class": "problem", "entity_category": "diagnostic"})"},
};

Json device_of(const Config& config, const std::string& id, const std::string& version) {
    const std::string& branch = config.branch_name.empty() ? config.branch_code : config.branch_name;
    return {{"identifiers", {id}},
            {"name", "Chairside " + branch},
            {"manufacturer", "Chairside"},
            {"model", config.device_id},
            {"sw_version", version}};
}

}  // namespace

std::string topic_base(const Config& config) {
    return config.mqtt.topic + "/" + part(config.branch_code) + "/" + part(config.device_id);
}

std::string availability_topic(const Config& config) {
    return topic_base(config) + "/availability";
}

MqttMessage state_message(const Config& config, const Status& status) {
    Json cameras = Json::object();
    bool problem = !status.alarm.empty() || status.dead_letters > 0;
    for (const CameraStatus& camera : status.cameras) {
        cameras[camera.id] = camera.state;
        problem = problem || camera.state == "offline" || camera.state == "failed";
    }
    const Json out{{"people", status.summary.active_people}, {"haircuts", status.summary.haircuts},
                   {"washes", status.summary.washes},        {"waits", status.summary.waits},
                   {"unsent", status.events_queued},         {"problem", problem},
                   {"cameras", std::move(cameras)}};
    return {topic_base(config) + "/state", dumped(out), true};
}

MqttMessage event_message(const Config& config, const std::string& body) {
    return {topic_base(config) + "/event", body, false};
}

std::vector<MqttMessage> discovery_messages(const Config& config, const std::string& version) {
    const std::string id = "chairside_" + part(config.branch_code) + "_" + part(config.device_id);
    const std::string state = topic_base(config) + "/state";
    std::vector<MqttMessage> out;
    const auto add = [&](const std::string& kind, const std::string& object, const std::string& name,
                         const std::string& value, const Json& more) {
        Json sensor{{"name", name},
                    {"unique_id", id + "_" + object},
                    {"object_id", id + "_" + object},
                    {"state_topic", state},
                    {"value_template", value},
                    {"availability_topic", availability_topic(config)},
                    {"device", device_of(config, id, version)}};
        sensor.update(more);
        out.push_back({config.mqtt.discovery_topic + "/" + kind + "/" + id + "/" + object + "/config",
                       dumped(sensor), true});
    };
    for (const Sensor& sensor : kSensors)
        add(sensor.kind, sensor.object, sensor.name, sensor.value, Json::parse(sensor.more));
    for (const CameraConfig& camera : config.cameras) {
        // The name as a text of the template's language: what quotes it is escaped as JSON does.
        const std::string value =
            "{{ 'ON' if value_json.cameras[" + Json(camera.id).dump() + "] == 'ok' else 'OFF' }}";
        add("binary_sensor", "camera_" + part(camera.id), "Camera " + camera.id, value,
            {{"device_class", "connectivity"}, {"entity_category", "diagnostic"}});
    }
    return out;
}

}  // namespace chairside
