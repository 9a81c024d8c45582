// Cameras added, changed and removed through the API; the file read again.

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "support/api_fixture.hpp"

namespace chairside {
namespace {

using namespace serve_test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class CameraEdits : public ApiTest {
  protected:
    static Json of(const WebResponse& response) { return Json::parse(response.body, nullptr, false); }
    static std::vector<std::string> places(const WebResponse& response) {
        std::vector<std::string> out;
        const Json problem = of(response);
        for (const Json& fault : problem.value("faults", Json::array()))
            out.push_back(fault.at("at"));
        return out;
    }
    std::vector<std::string> audited() {
        std::vector<std::string> out;
        const Json log = json("/audit");
        for (const Json& entry : log.at("entries"))
            out.push_back(entry.at("what").get<std::string>() + ": " +
                          entry.at("details").get<std::string>());
        return out;
    }
};

TEST_F(CameraEdits, ACameraIsAddedAndItsPasswordNeverShown) {
    be_admin();
    const auto added = call(
        "POST", "/api/v1/cameras",
        R"({"id":"side","source":"rtsp://owner:geheim@10.0.0.7/s","target_fps":5,"timeout_s":20,"tiles":"2x1"})");
    ASSERT_EQ(added.status, 201) << added.body;
    EXPECT_THAT(added.headers, Contains(Pair("Location", "/api/v1/cameras/side")));
    EXPECT_EQ(of(added).at("origin"), "dashboard");
    EXPECT_THAT(added.body, Not(HasSubstr("geheim")));
    const Json members = Json::parse(shop.camera_put);
    EXPECT_EQ(members.at("source"), "rtsp://owner:geheim@10.0.0.7/s");
    EXPECT_EQ(members.at("timeout"), 20) << "in the words of the file";
    EXPECT_THAT(audited(), Contains("camera: add side"));
    EXPECT_EQ(json("/cameras").at("cameras").size(), 3u);
}

TEST_F(CameraEdits, WhatIsWrongIsSaidByMemberAndNothingIsAdded) {
    be_admin();
    const auto wrong = call("POST", "/api/v1/cameras",
                            R"({"id":"a b","source":"/etc/passwd","target_fps":1000,"tiles":7,"colour":1})");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_THAT(places(wrong),
                ::testing::UnorderedElementsAre("id", "source", "target_fps", "tiles", "colour"));
    EXPECT_EQ(shop.camera_put, "");
    shop.faults = {{"tiles", "found '9x9x9'"}};
    const auto refused = call("POST", "/api/v1/cameras", R"({"id":"side","source":"rtsp://h/s"})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(places(refused), ElementsAre("tiles"));
    shop.faults = {{"", "the disk is full"}};
    EXPECT_EQ(call("POST", "/api/v1/cameras", R"({"id":"side","source":"rtsp://h/s"})").status, 500);
    EXPECT_THAT(audited(), Not(Contains(HasSubstr("side"))));
}

TEST_F(CameraEdits, AnIdIsTakenOnce) {
    be_admin();
    EXPECT_EQ(call("POST", "/api/v1/cameras", R"({"id":"front","source":"rtsp://h/s"})").status, 409);
}

TEST_F(CameraEdits, ThoseOfTheFileAreTheOwnersToEdit) {
    be_admin();
    for (const char* method : {"PATCH", "DELETE"}) {
        const auto answer = call(method, "/api/v1/cameras/front", R"({"target_fps":5})");
        EXPECT_EQ(answer.status, 409) << method;
        EXPECT_EQ(of(answer).at("type"), "/problems/file");
        EXPECT_EQ(call(method, "/api/v1/cameras/nothing", R"({"target_fps":5})").status, 404);
    }
}

TEST_F(CameraEdits, AnAddedOneIsChangedAndRemoved) {
    be_admin();
    ASSERT_EQ(call("POST", "/api/v1/cameras", R"({"id":"side","source":"/dev/video3"})").status, 201);
    const auto changed =
        call("PATCH", "/api/v1/cameras/side", R"({"tiles":null,"timeout_s":null,"target_fps":2})");
    ASSERT_EQ(changed.status, 200) << changed.body;
    const Json members = Json::parse(shop.camera_put);
    EXPECT_EQ(members, Json({{"target_fps", 2}, {"tiles", nullptr}, {"timeout", nullptr}}))
        << "the source stays";
    EXPECT_THAT(places(call("PATCH", "/api/v1/cameras/side", R"({"source":null,"id":"x"})")),
                ::testing::UnorderedElementsAre("source", "id"));
    EXPECT_EQ(call("DELETE", "/api/v1/cameras/side").status, 204);
    EXPECT_EQ(json("/cameras").at("cameras").size(), 2u);
}

TEST_F(CameraEdits, TheSampleVideoIsADemoCameraWhereItIs) {
    be_admin();
    setenv("CHAIRSIDE_DEMO_VIDEO", "/nowhere/x.avi", 1);
    EXPECT_EQ(json("/cameras").at("demo"), false);
    EXPECT_EQ(call("POST", "/api/v1/cameras", R"({"id":"demo","source":"demo"})").status, 400);
    const auto video = folder.file().parent_path() / "sample.avi";
    std::ofstream(video) << "x";
    setenv("CHAIRSIDE_DEMO_VIDEO", video.c_str(), 1);
    EXPECT_EQ(json("/cameras").at("demo"), true);
    EXPECT_EQ(call("POST", "/api/v1/cameras", R"({"id":"demo","source":"demo"})").status, 201);
    const Json members = Json::parse(shop.camera_put);
    EXPECT_EQ(members.at("source"), video.string());
    EXPECT_EQ(members.at("realtime"), true);
    EXPECT_EQ(members.at("loop"), true) << "the sample is short";
    unsetenv("CHAIRSIDE_DEMO_VIDEO");
}

TEST_F(CameraEdits, TheFileIsReadAgainAndWhatIsWrongWithItIsSaid) {
    be_admin();
    const auto taken = call("POST", "/api/v1/config/reload");
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(of(taken),
              Json::parse(R"({"added":["side"],"removed":[],"changed":["front"],"restart":["detector"],
                                        "notes":["a note"]})"));
    shop.faults = {{"config.yaml:3:5 cameras[0].id", "is missing"}};
    const auto wrong = call("POST", "/api/v1/config/reload");
    EXPECT_EQ(wrong.status, 409);
    EXPECT_EQ(of(wrong).at("type"), "/problems/config");
    EXPECT_THAT(places(wrong), ElementsAre("config.yaml:3:5 cameras[0].id"));
    shop.shop.status.config.file_error = "cameras[0].id: is missing";
    std::vector<std::string> problems;
    const Json health = json("/health");
    for (const Json& one : health.at("problems"))
        problems.push_back(one.at("what"));
    EXPECT_THAT(problems, Contains("config"));
}

}  // namespace
}  // namespace chairside
