// The API without sockets: who may do what, and what comes back.

#include "serve/api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "capture/jpeg.hpp"
#include "serve/zone_settings.hpp"
#include "support/api_fixture.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace serve_test;
using namespace store_test;
using ::testing::HasSubstr;
using ::testing::Not;

std::string concrete(std::string_view path) {
    std::string out = "/api/v1" + std::string(path);
    for (auto at = out.find("{}"); at != std::string::npos; at = out.find("{}"))
        out.replace(at, 2, "x");
    return out;
}

TEST_F(ApiTest, WithoutASessionEveryRouteAsksForOne) {
    for (const Api::Route& route : Api::routes()) {
        if (route.needs == Role::kNone) continue;
        const auto response =
            call(std::string(route.method), concrete(route.path), route.method == "GET" ? "" : "{}");
        EXPECT_EQ(response.status, 401) << route.method << " " << route.path;
        EXPECT_EQ(response.type, "application/problem+json");
    }
}

TEST_F(ApiTest, AViewerMayOnlyLook) {
    be_viewer();
    for (const Api::Route& route : Api::routes()) {
        if (route.needs == Role::kNone) continue;
        const auto response =
            call(std::string(route.method), concrete(route.path), route.method == "GET" ? "" : "{}");
        if (route.needs == Role::kAdmin)
            EXPECT_EQ(response.status, 403) << route.method << " " << route.path;
        else
            EXPECT_NE(response.status, 403) << route.method << " " << route.path;
    }
}

TEST_F(ApiTest, AForgedCsrfTokenChangesNothing) {
    be_admin();
    for (const std::string& forged : {std::string(), std::string("x"), Access::csrf_of("another")}) {
        csrf = forged;
        for (const Api::Route& route : Api::routes()) {
            if (route.method == "GET" || !route.csrf) continue;
            const auto response = call(std::string(route.method), concrete(route.path), "{}");
            EXPECT_EQ(response.status, 403) << route.method << " " << route.path;
            EXPECT_THAT(response.body, HasSubstr("/problems/csrf"));
        }
    }
    EXPECT_TRUE(access.first_run());
    csrf.clear();
    EXPECT_NE(access.visitor(request("GET", "/")).role, Role::kNone) << "a forged log-out does not log out";
}

TEST_F(ApiTest, AStrangersNameForThisMachineIsRefused) {
    for (const char* host :
         {"evil.example", "evil.example:8090", "", "localhost.evil.example", "1.2.3.4.evil.example"}) {
        WebRequest rebound = request("GET", "/api/v1/session");
        rebound.headers["host"] = host;
        const auto response = api.handle(rebound);
        EXPECT_EQ(response.status, 421) << host;
        EXPECT_THAT(response.headers, Not(::testing::Contains(::testing::Key("Set-Cookie"))));
    }
    for (const char* host : {"localhost", "127.0.0.1:8090", "192.168.1.7:8090", "[::1]:8090"}) {
        WebRequest own = request("GET", "/api/v1/session");
        own.headers["host"] = host;
        EXPECT_EQ(api.handle(own).status, 200) << host;
    }
}

TEST_F(ApiTest, EveryAnswerHasTheHeadersThatProtectIt) {
    for (const char* path : {"/", "/api/v1/session", "/api/v1/nothing", "/api/v1/live"}) {
        const auto response = call("GET", path);
        std::map<std::string, std::string> headers(response.headers.begin(), response.headers.end());
        EXPECT_THAT(headers["Content-Security-Policy"], HasSubstr("default-src 'self'")) << path;
        EXPECT_THAT(headers["Content-Security-Policy"], Not(HasSubstr("unsafe")));
        EXPECT_EQ(headers["X-Content-Type-Options"], "nosniff");
        EXPECT_EQ(headers["Referrer-Policy"], "no-referrer");
        EXPECT_EQ(headers.count("Access-Control-Allow-Origin"), 0u);
    }
}

TEST_F(ApiTest, UnknownPathsAndMethodsSaySo) {
    EXPECT_EQ(call("GET", "/api/v1/nothing").status, 404);
    const auto wrong = call("PATCH", "/api/v1/session");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_THAT(wrong.headers, ::testing::Contains(::testing::Pair("Allow", "GET, POST, DELETE")));
    EXPECT_EQ(call("GET", "/history").body, "page");
}

TEST_F(ApiTest, TheFirstPasswordOpensTheNetworkAndKeepsItsSetterIn) {
    be_admin();
    EXPECT_TRUE(json("/session").at("first_run").get<bool>());
    const auto set = call("PUT", "/api/v1/passwords/admin", R"({"password":"four words are best"})");
    EXPECT_EQ(set.status, 204) << set.body;
    EXPECT_TRUE(password_set);
    enter(set);
    const Json session = json("/session");
    EXPECT_EQ(session.at("role"), "admin");
    EXPECT_FALSE(session.at("first_run").get<bool>());
    EXPECT_EQ(session.at("csrf"), csrf);
    EXPECT_EQ(call("DELETE", "/api/v1/session").status, 204);
    EXPECT_TRUE(json("/session").at("role").is_null());
}

TEST_F(ApiTest, AShortPasswordIsRefusedInWords) {
    be_admin();
    const auto response = call("PUT", "/api/v1/passwords/admin", R"({"password":"short"})");
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(response.body, HasSubstr("password: has 5 characters; allowed: 10 to 256"));
}

TEST_F(ApiTest, LiveTellsWhoSitsWhereAndWhatNobodySees) {
    be_admin();
    const Json live = json("/live");
    ASSERT_EQ(live.at("zones").size(), 4u);
    const Json& chair = live["zones"][0];
    EXPECT_EQ(chair.at("state"), "occupied");
    EXPECT_EQ(chair.at("threshold_s"), 120);
    EXPECT_NEAR(chair.at("people")[0].at("dwell_s").get<double>(), 600, 0.01);
    EXPECT_TRUE(chair["people"][0].at("counted").get<bool>());
    EXPECT_EQ(live["zones"][1].at("state"), "free");
    EXPECT_EQ(live["zones"][3].at("state"), "unknown") << "its camera is offline: not free";
    EXPECT_EQ(live.at("state"), "partly");
    EXPECT_EQ(live.at("waiting").at("count"), 1);
    EXPECT_TRUE(live["waiting"].at("next_s").is_null()) << "nothing is known of how long services take";
    EXPECT_THAT(live.at("cameras")[1].at("words").get<std::string>(), HasSubstr("has sent no picture since"));
}

TEST_F(ApiTest, TheExpectedWaitComesFromTheServicesOfTheLastWeeks) {
    store_events(30);
    be_admin();
    const Json waiting = json("/live").at("waiting");
    // Chair 1 goes on for some 17 minutes more, one waits before: he takes it, and then a whole service.
    EXPECT_GT(waiting.at("next_s").get<double>(), 1500);
    EXPECT_LT(waiting.at("next_s").get<double>(), 3500);
    EXPECT_THAT(waiting.at("basis").get<std::string>(), HasSubstr("20 haircuts"));
}

TEST_F(ApiTest, EventsComeNewestFirstInPages) {
    store_events(25);
    be_admin();
    std::vector<std::string> starts;
    std::string cursor;
    for (int page = 0; page < 10; ++page) {
        const Json got = json("/events?limit=10" + (cursor.empty() ? "" : "&cursor=" + cursor));
        for (const Json& event : got.at("events"))
            starts.push_back(event.at("start"));
        if (got.at("next").is_null()) break;
        cursor = got["next"];
    }
    EXPECT_EQ(starts.size(), 25u);
    EXPECT_TRUE(std::is_sorted(starts.rbegin(), starts.rend()));
    EXPECT_EQ(json("/events?verdict=review").at("events").size(), 8u);
    EXPECT_EQ(json("/events?zone=chair%201&type=WASH").at("events").size(), 0u);
    EXPECT_THAT(call("GET", "/api/v1/events.csv").body, HasSubstr("\xEF\xBB\xBF"));
}

TEST_F(ApiTest, ACursorThatNoCallGaveIsRefusedInWords) {
    be_admin();
    const std::string id = ".01919f3e-7c1b-7c1b-8c1b-0123456789ab";
    for (const char* time : {"9999999999999999999", "99999999999999999999999", "-5", "", "x"})
        EXPECT_EQ(call("GET", "/api/v1/events?cursor=" + (time + id)).status, 400) << time;
    EXPECT_EQ(call("GET", "/api/v1/events?cursor=999999999999999999" + id).status, 200);
}

TEST_F(ApiTest, WhatIsWrongInAQueryIsSaidAllAtOnce) {
    be_admin();
    const auto response =
        call("GET", "/api/v1/events?limit=many&from=yesterday&colour=red&cursor=7&type=SOFA");
    EXPECT_EQ(response.status, 400);
    const Json faults = Json::parse(response.body).at("faults");
    EXPECT_EQ(faults.size(), 5u) << faults;
    EXPECT_THAT(response.body, HasSubstr("found 'many'; allowed: a whole number from 1 to 1000"));
}

TEST_F(ApiTest, AReviewChangesTheVerdictAndIsKept) {
    store_events(3);
    be_admin();
    const std::string path = "/api/v1/events/" + id_of(3).to_string();
    const auto confirmed = call("PUT", path + "/review", R"({"decision":"confirmed","note":"I was there"})");
    ASSERT_EQ(confirmed.status, 200) << confirmed.body;
    const Json event = Json::parse(confirmed.body);
    EXPECT_EQ(event.at("verdict"), "counted");
    EXPECT_EQ(event.at("review").at("note"), "I was there");
    EXPECT_EQ(json("/events?limit=1").at("events")[0].at("review").at("decision"), "confirmed");
    const Json back = Json::parse(call("PUT", path + "/review", R"({"decision":"undecided"})").body);
    EXPECT_EQ(back.at("verdict"), "review") << "what the program itself had thought";
    EXPECT_TRUE(back.at("review").is_null());
    EXPECT_EQ(json("/audit").at("entries")[0].at("what"), "review");
}

TEST_F(ApiTest, AnOpenEventCannotBeReviewed) {
    ASSERT_TRUE(store->write({{event_of(9)}, {}, {}}));
    be_admin();
    EXPECT_EQ(call("PUT", "/api/v1/events/" + id_of(9).to_string() + "/review", R"({"decision":"rejected"})")
                  .status,
              409);
    EXPECT_EQ(call("PUT", "/api/v1/events/" + id_of(8).to_string() + "/review", R"({"decision":"rejected"})")
                  .status,
              404);
    EXPECT_EQ(call("GET", "/api/v1/events/x").status, 404);
}

TEST_F(ApiTest, SummariesAddUp) {
    store_events(25);
    be_admin();
    const auto count = [&](const std::string& query) {
        int sum = 0;
        const Json got = json("/summaries?from=2026-11-22&to=2026-11-22&by=" + query);
        for (const Json& row : got.at("rows"))
            if (row.at("counts").at("CHAIR").is_number()) sum += row["counts"]["CHAIR"].get<int>();
        return sum;
    };
    EXPECT_EQ(count("hour"), 17);
    EXPECT_EQ(count("day"), 17);
    EXPECT_EQ(count("week"), 17);
    EXPECT_EQ(count("month"), 17);
    EXPECT_EQ(count("zone"), 17);
    EXPECT_EQ(json("/summaries?from=2026-11-22&to=2026-11-22&by=hour").at("rows").size(), 24u);
    EXPECT_EQ(json("/summaries?from=2026-10-25&to=2026-10-25&by=hour").at("rows").size(), 25u)
        << "the clock goes back";
    EXPECT_EQ(json("/summaries?from=2026-11-20&to=2026-11-24&by=week").at("rows").size(), 2u);
    EXPECT_EQ(call("GET", "/api/v1/summaries?from=2026-01-01&to=2026-11-24&by=hour").status, 400);
    EXPECT_EQ(call("GET", "/api/v1/summaries").status, 400);
}

TEST_F(ApiTest, ReportsAreMadeWhenAskedFor) {
    store_events(3);
    be_admin();
    EXPECT_THAT(json("/reports").at("dates").dump(), HasSubstr("2026-11-22"));
    const auto html = call("GET", "/api/v1/reports/2026-11-22.html");
    EXPECT_EQ(html.status, 200) << html.body;
    EXPECT_EQ(html.type, "text/html; charset=utf-8");
    EXPECT_THAT(html.headers,
                ::testing::Contains(::testing::Pair("Content-Security-Policy", HasSubstr("sandbox"))));
    EXPECT_EQ(call("GET", "/api/v1/reports/2026-11-22.json").status, 200);
    EXPECT_EQ(call("GET", "/api/v1/reports/2026-11-22.exe").status, 404);
    EXPECT_EQ(call("GET", "/api/v1/reports/2020-01-01.html").status, 404);
    EXPECT_EQ(call("GET", "/api/v1/reports/22-11-2026.html").status, 404);
}

TEST_F(ApiTest, NoSecretIsShown) {
    be_admin();
    for (const char* target : {"/config", "/cameras", "/health", "/status", "/live", "/logs"}) {
        const std::string text = json(target).dump();
        for (const char* secret : {"sb_secret_never_shown", "user:pw", "secret@", "token=abc"})
            EXPECT_THAT(text, Not(HasSubstr(secret))) << target;
    }
}

TEST_F(ApiTest, HealthSaysWhatToDo) {
    be_admin();
    const Json health = json("/health");
    EXPECT_FALSE(health.at("ok").get<bool>());
    EXPECT_EQ(health.at("problems")[0].at("camera"), "back");
    EXPECT_EQ(health.at("store").at("schema"), store->schema_version());
    EXPECT_GT(health.at("threads").get<int>(), 0);
}

// "GET /events/{}" of each route of a file in which paths stand at two spaces and methods at four.
std::set<std::string> described_routes() {
    std::set<std::string> out;
    std::string path;
    std::istringstream file(read_file(std::filesystem::path(CHAIRSIDE_SOURCE_DIR) / "schema/openapi.yaml"));
    for (std::string line; std::getline(file, line);) {
        if (line == "components:") break;
        if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
        for (const char* method : {"get", "put", "post", "patch", "delete"}) {
            if (path.empty() || line != "    " + std::string(method) + ":") continue;
            std::string route;
            bool inside = false;
            for (const char c : path) {
                if (c == '}') inside = false;
                if (!inside) route += c;
                if (c == '{') inside = true;
            }
            std::string upper(method);
            for (char& c : upper)
                c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            out.insert(upper + " " + route);
        }
    }
    return out;
}

TEST_F(ApiTest, TheFileOfTheInterfaceListsTheRoutesThatThereAre) {
    std::set<std::string> served;
    for (const Api::Route& route : Api::routes())
        served.insert(std::string(route.method) + " " + std::string(route.path));
    EXPECT_EQ(described_routes(), served);
}

// ---- Zones

constexpr char kOneZone[] =
    R"({"note":"moved","cameras":[{"id":"front","zones":[{"name":"chair 1","type":"CHAIR","polygon":[[0.1,0.1],[0.4,0.1],[0.4,0.5]],"threshold_s":90}]}]})";

TEST_F(ApiTest, SavedZonesAreUsedKeptAndCanBeTakenBack) {
    be_admin();
    const auto zones = [&](const std::string& method, const std::string& path, const std::string& body,
                           const std::string& tag) {
        WebRequest ask = request(method, "/api/v1" + path, body);
        ask.headers["if-match"] = tag;
        return api.handle(ask);
    };
    EXPECT_EQ(json("/zones").at("revision"), 0);
    EXPECT_EQ(json("/zones").at("cameras")[0].at("zones").size(), 3u);
    const auto saved = zones("PUT", "/zones", kOneZone, "\"0\"");
    ASSERT_EQ(saved.status, 200) << saved.body;
    EXPECT_THAT(saved.headers, ::testing::Contains(::testing::Pair("ETag", "\"2\"")));
    const Json used = Json::parse(shop.settings_used);
    EXPECT_EQ(used.at("cameras").at("front").at("zones")[0].at("dwell_time"), 90);
    EXPECT_EQ(used.at("cameras").at("back").at("zones").size(), 1u) << "what was left out stays";
    const auto late = zones("PUT", "/zones", kOneZone, "\"0\"");
    EXPECT_EQ(late.status, 412);
    EXPECT_EQ(Json::parse(late.body).at("revision"), 2);
    EXPECT_EQ(Json::parse(late.body).at("by"), "admin");
    EXPECT_EQ(json("/zones/history").at("revisions")[0].at("note"), "moved");
    const auto undone = zones("POST", "/zones/undo", "{}", "\"2\"");
    EXPECT_EQ(undone.status, 200) << undone.body;
    EXPECT_EQ(Json::parse(shop.settings_used).at("cameras").at("front").at("zones").size(), 3u)
        << "as configured";
    EXPECT_EQ(json("/zones").at("revision"), 3);
    EXPECT_EQ(zones("PUT", "/zones", kOneZone, "").status, 400);
    EXPECT_EQ(zones("POST", "/zones/undo", R"({"revision":77})", "\"3\"").status, 404);
}

TEST(ZoneSettings, OfADamagedRevisionAreNone) {
    for (const char* bad : {"", "{", "7", "[7]", R"([{"id":7}])", R"([{"id":"a"}])"})
        EXPECT_EQ(settings_of_revision(bad), R"({"cameras":{}})") << bad;
    EXPECT_EQ(settings_of_revision("[]"), R"({"cameras":{}})");
}

TEST_F(ApiTest, WhatIsWrongWithZonesIsSaidWhereItIs) {
    be_admin();
    const auto check = [&](const std::string& body) {
        return Json::parse(call("POST", "/api/v1/zones/validate", body).body);
    };
    const Json form = check(
        R"({"cameras":[{"id":"front","zones":[{"name":"","type":"SOFA","polygon":[[0,0],[2,0]],"capacity":1.5,"colour":1}]}]})");
    EXPECT_FALSE(form.at("valid").get<bool>());
    std::set<std::string> places;
    for (const Json& fault : form.at("faults"))
        places.insert(fault.at("at"));
    const std::string zone = "cameras[0].zones[0]";
    EXPECT_EQ(places, (std::set<std::string>{zone + ".name", zone + ".type", zone + ".polygon",
                                             zone + ".polygon[1]", zone + ".capacity", zone + ".colour"}));
    shop.faults = {{"cameras.front.zones[0].polygon", "edges 1 and 3 cross"},
                   {"cameras.front.zones[0].dwell_time", "x"}};
    const Json deep = check(kOneZone);
    EXPECT_EQ(deep.at("faults")[0].at("at"), zone + ".polygon");
    EXPECT_EQ(deep.at("faults")[1].at("at"), zone + ".threshold_s");
    EXPECT_FALSE(check(R"({"cameras":[{"id":"side","zones":[]}]})").at("valid").get<bool>())
        << "no such camera";
    shop.faults.clear();
    const Json odd = check(
        R"({"cameras":[{"id":"front","zones":[{"name":"a","type":"CHAIR","polygon":[[0,0],[0.5,0],[0.5,0.5],[0,0.5]]},
            {"name":"b","type":"CHAIR","polygon":[[0,0],[0.25,0],[0.25,0.5],[0,0.5]]},
            {"name":"c","type":"CHAIR","polygon":[[0.9,0.9],[0.91,0.9],[0.91,0.91]]}]}]})");
    EXPECT_TRUE(odd.at("valid").get<bool>());
    ASSERT_EQ(odd.at("hints").size(), 2u) << odd;
    EXPECT_EQ(odd["hints"][0].at("words"), "overlaps 'a' by 100 %");
}

// ---- Pictures

ShopPicture checkered(WallTime time) {
    ShopPicture out{{160, 120, 480, PixelFormat::kRgb24, {}, {}}, time, {{40, 20, 48, 80}}};
    for (int y = 0; y < 120; ++y)
        for (int x = 0; x < 160; ++x)
            for (int c = 0; c < 3; ++c)
                out.image.bytes.push_back((x / 2 + y / 2) % 2 == 0 ? 255 : 0);
    return out;
}

TEST_F(ApiTest, InAPictureOnlyPeopleArePixelated) {
    be_admin();
    shop.picture_ = checkered(clock.wall_now());
    const std::string full = encode_jpeg(shop.picture_.image).value();
    const auto pixelated = call("GET", "/api/v1/cameras/front/picture?t=1");
    ASSERT_EQ(pixelated.status, 200) << pixelated.body;
    EXPECT_EQ(pixelated.type, "image/jpeg");
    EXPECT_THAT(pixelated.headers, ::testing::Contains(::testing::Pair("X-Picture-Mode", "pixelated")));
    EXPECT_NE(pixelated.body, full);
    EXPECT_LT(pixelated.body.size(), full.size() * 9 / 10) << "less is left to compress";
    config.dashboard.picture = DashboardConfig::Picture::kFull;
    EXPECT_EQ(call("GET", "/api/v1/cameras/front/picture").body, full);
    EXPECT_EQ(call("GET", "/api/v1/cameras/side/picture").status, 404);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
        EXPECT_THAT(read_file(entry.path()), Not(HasSubstr("\xFF\xD8\xFF"))) << "nothing is stored";
}

TEST_F(ApiTest, ACameraIsTestedBeforeItIsSetUp) {
    be_admin();
    shop.picture_ = checkered(clock.wall_now());
    const auto good =
        call("POST", "/api/v1/cameras/test", R"({"source":"rtsp://user:hidden@10.0.0.9/good"})");
    const Json answer = Json::parse(good.body);
    EXPECT_TRUE(answer.at("ok").get<bool>()) << good.body;
    EXPECT_EQ(answer.at("words"), "A picture of 1920 × 1080 came after 1.2 s.");
    EXPECT_THAT(answer.at("picture").get<std::string>(),
                ::testing::StartsWith("data:image/jpeg;base64,/9j/"));
    const Json bad = Json::parse(
        call("POST", "/api/v1/cameras/test", R"({"source":"rtsp://user:hidden@10.0.0.9/bad"})").body);
    EXPECT_EQ(bad.at("words"), "The camera cannot be seen: the user name or the password is wrong.");
    for (const char* file : {"/etc/passwd", "file:///etc/passwd", "/dev/video0", "concat:a|b"})
        EXPECT_EQ(call("POST", "/api/v1/cameras/test", Json{{"source", file}}.dump()).status, 400) << file;
    EXPECT_THAT(json("/audit").dump(), Not(HasSubstr("hidden")));
    config.dashboard.picture = DashboardConfig::Picture::kOff;
    EXPECT_TRUE(Json::parse(call("POST", "/api/v1/cameras/test", R"({"source":"rtsp://10.0.0.9/good"})").body)
                    .at("picture")
                    .is_null());
}

TEST_F(ApiTest, WithPicturesOffNoneIsEvenAskedOfTheCamera) {
    be_admin();
    shop.picture_ = checkered(clock.wall_now());
    config.dashboard.picture = DashboardConfig::Picture::kOff;
    const auto response = call("GET", "/api/v1/cameras/front/picture");
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(response.type, "application/problem+json");
    EXPECT_EQ(shop.pictures_asked, 0);
}

// ---- Whatever comes in

RC_GTEST_FIXTURE_PROP(ApiTest, AnythingIsAnsweredAndNothingBreaks, ()) {
    be_admin();
    const auto routes = Api::routes();
    const auto& route =
        routes[static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(routes.size())))];
    WebRequest odd = request("GET", "/api/v1/session");
    odd.method = *rc::gen::elementOf(
        std::vector<std::string>{"GET", "PUT", "POST", "DELETE", "TRACE", std::string(route.method)});
    odd.path = *rc::gen::elementOf(
        std::vector<std::string>{concrete(route.path), concrete(route.path) + "/x", "/../etc/passwd"});
    odd.body = *rc::gen::oneOf(
        rc::gen::string<std::string>(),
        rc::gen::elementOf(std::vector<std::string>{"{}", "[]", "null", R"({"user":7})", "{\"a\":[[[[",
                                                    std::string(300000, '['), R"({"password":"\ud800"})"}));
    odd.headers["content-type"] =
        *rc::gen::elementOf(std::vector<std::string>{"application/json", "text/html", ""});
    odd.query = {{*rc::gen::elementOf(std::vector<std::string>{"from", "limit", "by", "cursor", "topics"}),
                  *rc::gen::string<std::string>()}};
    const WebResponse response = api.handle(odd);
    RC_ASSERT(response.status >= 200);
    RC_ASSERT(response.status < 500);
    if (response.status >= 400) RC_ASSERT(Json::parse(response.body).at("status") == response.status);
}

TEST_F(ApiTest, MetricsAreForThisMachineForTheTokenAndForWhoMayLook) {
    WebRequest from_afar = request("GET", "/metrics");
    from_afar.local = false;
    EXPECT_EQ(api.handle(from_afar).status, 401);
    from_afar.headers["authorization"] = "Bearer ";
    EXPECT_EQ(api.handle(from_afar).status, 401) << "no token is set: none is right";
    config.dashboard.metrics_token = "0123456789abcdef";
    EXPECT_EQ(api.handle(from_afar).status, 401);
    from_afar.headers["authorization"] = "Bearer 0123456789abcdeg";
    EXPECT_EQ(api.handle(from_afar).status, 401);
    from_afar.headers["authorization"] = "Bearer 0123456789abcdef";
    const WebResponse read = api.handle(from_afar);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(read.body, HasSubstr("chairside_build_info{"));
    WebRequest here = request("GET", "/metrics");
    here.local = true;
    EXPECT_EQ(api.handle(here).status, 200);
    here.method = "POST";
    EXPECT_EQ(api.handle(here).status, 405);
}

}  // namespace
}  // namespace chairside
