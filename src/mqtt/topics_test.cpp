#include "mqtt/topics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace chairside {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

Config config_of() {
    Config config;
    config.branch_code = "BER-01";
    config.branch_name = "Berlin";
    config.device_id = "pc 1/#+";
    config.cameras.resize(2);
    config.cameras[0].id = "cutting";
    config.cameras[1].id = "wash";
    return config;
}

TEST(Topics, NamesBecomePartsOfATopicThatNoSubscriptionMistakes) {
    EXPECT_EQ(topic_base(config_of()), "chairside/BER-01/pc_1___");
}

TEST(Topics, TheStateHoldsTheCountsAndSaysWhenACameraIsBlind) {
    Status status;
    status.summary = {3, 10, 4, 2};
    status.events_queued = 7;
    for (const char* camera : {"cutting", "wash"}) {
        status.cameras.emplace_back();
        status.cameras.back().id = camera;
        status.cameras.back().state = "ok";
    }
    MqttMessage message = state_message(config_of(), status);
    EXPECT_TRUE(message.retain);
    Json state = Json::parse(message.body);
    EXPECT_EQ(state.at("haircuts"), 10);
    EXPECT_EQ(state.at("people"), 3);
    EXPECT_EQ(state.at("unsent"), 7);
    EXPECT_EQ(state.at("problem"), false);
    status.cameras[1].state = "offline";
    state = Json::parse(state_message(config_of(), status).body);
    EXPECT_EQ(state.at("problem"), true);
    EXPECT_EQ(state.at("cameras").at("wash"), "offline");
}

TEST(Topics, EverySensorOfHomeAssistantHasAnIdOfItsOwnAndTheSameDevice) {
    const auto messages = discovery_messages(config_of(), "1.2.3");
    EXPECT_EQ(messages.size(), 8u);
    std::set<std::string> ids, topics;
    for (const MqttMessage& message : messages) {
        const Json sensor = Json::parse(message.body);
        ids.insert(sensor.at("unique_id"));
        topics.insert(message.topic);
        EXPECT_TRUE(message.retain);
        EXPECT_EQ(sensor.at("state_topic"), "chairside/BER-01/pc_1___/state");
        EXPECT_EQ(sensor.at("device").at("identifiers").at(0), "chairside_BER-01_pc_1___");
        EXPECT_THAT(message.topic, HasSubstr("homeassistant/"));
    }
    EXPECT_EQ(ids.size(), 8u);
    EXPECT_EQ(topics.size(), 8u);
}

}  // namespace
}  // namespace chairside
