#include "config/address.hpp"
#include "config/path_checks.hpp"
#include "config/sections.hpp"

namespace chairside {
namespace {

constexpr int kPlainPort = 1883, kTlsPort = 8883;

void read_url(Section& mqtt, MqttConfig& out) {
    std::string text;
    if (mqtt.text("url", text) == nullptr) return;
    const std::string allowed =
        "; allowed: mqtt://host or mqtts://host, with :port where it is not the usual one";
    const auto url = parse_url(text);
    if (!url) return mqtt.fault("url", "not an address: " + url.error() + allowed);
    if (url->scheme != "mqtt" && url->scheme != "mqtts")
        return mqtt.fault("url", "found '" + without_secrets(text) + "'" + allowed);
    if (!url->user.empty() || !url->password.empty())
        return mqtt.fault("url", "user and password have keys of their own: 'user' and 'password'");
    if ((!url->path.empty() && url->path != "/") || !url->query.empty())
        return mqtt.fault("url", "a broker has no path; the topics are set by 'topic'" + allowed);
    out.host = url->host;
    out.tls = url->scheme == "mqtts";
    out.port = url->port != 0 ? url->port : out.tls ? kTlsPort : kPlainPort;
}

void read_topic(Section& mqtt, std::string_view key, std::string& out) {
    if (mqtt.text(key, out) == nullptr) return;
    if (out.find_first_of("#+ ") != std::string::npos || out.front() == '/' || out.back() == '/' ||
        out.front() == '$')
        mqtt.fault(
            key,
            "is no topic; allowed: words with / between them, without #, + and spaces, such as shop/berlin");
}

}  // namespace

void read_mqtt(Section mqtt, Config& config) {
    MqttConfig& out = config.mqtt;
    read_url(mqtt, out);
    mqtt.text("user", out.user);
    const bool password = mqtt.secret("password", out.password) != nullptr;
    mqtt.path("ca", out.ca);
    read_topic(mqtt, "topic", out.topic);
    read_topic(mqtt, "discovery_topic", out.discovery_topic);
    mqtt.flag("discovery", out.discovery);
    if (password && out.user.empty() && !mqtt.has("user"))
        mqtt.fault("user", "is missing; 'password' is of no use without it");
    if (!mqtt.has("url") && (mqtt.has("user") || password))
        mqtt.fault("url", "is missing; a log-in is of no use without it");
    if (mqtt.context().check_paths)
        if (auto why = out.ca.empty() ? std::nullopt : unreadable_file(out.ca)) mqtt.fault("ca", *why);
    mqtt.all_read();
}

}  // namespace chairside
