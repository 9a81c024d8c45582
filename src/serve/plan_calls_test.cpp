// The plan of the shop: where its places are.

#include <gmock/gmock.h>

#include "support/api_fixture.hpp"

namespace chairside {
namespace {

using namespace serve_test;
using PlanCalls = ApiTest;

std::string tag_of(const WebResponse& response) {
    for (const auto& [name, value] : response.headers)
        if (name == "ETag") return value;
    return {};
}

TEST_F(PlanCalls, WhatTheAdminPutEverybodySees) {
    be_admin();
    const auto before = call("GET", "/api/v1/plan");
    EXPECT_EQ(before.body, R"({"places":{}})");
    const std::string plan = R"({"places":{"front/chair 1":[0.25,0.5],"back/basin":[1,0]}})";
    const auto saved = call("PUT", "/api/v1/plan", plan);
    ASSERT_EQ(saved.status, 200) << saved.body;
    EXPECT_NE(tag_of(saved), tag_of(before));
    be_viewer();
    EXPECT_EQ(json("/plan"), Json::parse(plan));
    EXPECT_EQ(call("PUT", "/api/v1/plan", plan).status, 403);
}

TEST_F(PlanCalls, WhatIsNoPlanIsRefusedAndTheOldOneStays) {
    be_admin();
    ASSERT_EQ(call("PUT", "/api/v1/plan", R"({"places":{"front/chair 1":[0.25,0.5]}})").status, 200);
    for (const char* wrong :
         {"{}", R"({"places":[]})", R"({"places":{},"x":1})", R"({"places":{"chair":[0,0]}})",
          R"({"places":{"front/chair 1":[0,2]}})", R"({"places":{"front/chair 1":["a",0]}})",
          R"({"places":{"front/chair 1":[0]}})", R"({"places":{"front/chair 1":null}})"})
        EXPECT_EQ(call("PUT", "/api/v1/plan", wrong).status, 400) << wrong;
    Json many = Json::object();
    for (int i = 0; i <= 500; ++i)
        many["front/" + std::to_string(i)] = {0, 0};
    EXPECT_EQ(call("PUT", "/api/v1/plan", Json({{"places", many}}).dump()).status, 400);
    EXPECT_EQ(json("/plan").at("places").size(), 1u);
}

}  // namespace
}  // namespace chairside
