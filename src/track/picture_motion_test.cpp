#include "track/picture_motion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <set>

#include "track/test_scene.hpp"
#include "track/tracker.hpp"

namespace chairside {
namespace {

constexpr double kHeight = 100, kDt = 0.1;

struct Crowd {
    std::vector<PictureAnchor> anchors;
    std::vector<CostBox> detections;
};

// People on a loose grid; detections are where `moved` puts them, with a jitter of 2 % of the height.
Crowd crowd(int people, unsigned seed, const std::function<Point(Point)>& moved, double scale = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<double> jitter(0, 0.02 * kHeight);
    Crowd c;
    const double var = 0.01 * kHeight * kHeight;
    for (int i = 0; i < people; ++i) {
        const Point at{150.0 + 260 * (i % 4) + 20 * jitter(random),
                       200.0 + 250 * (i / 4) + 20 * jitter(random)};
        const Point to = moved(at);
        c.anchors.push_back({at.x, at.y, kHeight, std::log(kHeight), var, var, 0.01});
        const double h = scale * kHeight;
        c.detections.push_back(
            {to.x + jitter(random), to.y + jitter(random), 0.4 * h, h, std::log(h), 0.9, 0, i});
    }
    std::sort(c.detections.begin(), c.detections.end(),
              [](const CostBox& a, const CostBox& b) { return a.x < b.x; });
    return c;
}

TEST(PictureMotion, SaysNothingWhileThePictureStandsStill) {
    PictureMotion motion({});
    for (unsigned i = 0; i < 300; ++i) {
        const Crowd c = crowd(8, i, [](Point p) { return p; });
        const auto move = motion.estimate(c.anchors, c.detections, kDt);
        if (move) {
            EXPECT_LT(std::hypot(move->shift.x, move->shift.y), 0.02 * kHeight);
        }
    }
}

TEST(PictureMotion, FindsAJumpFarBeyondABox) {
    PictureMotion motion({});
    const Crowd c = crowd(6, 1, [](Point p) { return Point{p.x + 310, p.y - 140}; });
    const auto move = motion.estimate(c.anchors, c.detections, kDt);
    ASSERT_TRUE(move);
    EXPECT_NEAR(move->shift.x, 310, 6);
    EXPECT_NEAR(move->shift.y, -140, 6);
    EXPECT_NEAR(move->scale, 1, 0.01);
}

TEST(PictureMotion, IsNotFooledByOneOfManyWhoRuns) {
    PictureMotion motion({});
    Crowd c = crowd(8, 2, [](Point p) { return p; });
    c.detections.back().x += 120;
    const auto move = motion.estimate(c.anchors, c.detections, kDt);
    if (move) {
        EXPECT_LT(std::hypot(move->shift.x, move->shift.y), 0.02 * kHeight);
    }
}

TEST(PictureMotion, OnePersonAloneIsNoEvidence) {
    PictureMotion motion({});
    const Crowd c = crowd(1, 3, [](Point p) { return Point{p.x + 25, p.y}; });
    EXPECT_FALSE(motion.estimate(c.anchors, c.detections, kDt));
}

TEST(PictureMotion, FollowsAShakeOnceItIsAHabit) {
    PictureMotion motion({});
    std::mt19937 random(4);
    std::normal_distribution<double> shake(0, 10);
    double error2 = 0;
    for (unsigned i = 0; i < 100; ++i) {
        const double dx = shake(random), dy = shake(random);
        const Crowd c = crowd(8, i, [&](Point p) { return Point{p.x + dx, p.y + dy}; });
        const auto move = motion.estimate(c.anchors, c.detections, kDt);
        const Point shift = move ? move->shift : Point{};
        if (i >= 20) error2 += std::pow(shift.x - dx, 2) + std::pow(shift.y - dy, 2);
    }
    EXPECT_LT(std::sqrt(error2 / 80), 4);
}

TEST(PictureMotion, PushesVelocitiesWhenTheShiftRepeats) {
    PictureMotion motion({});
    double push = 0;
    for (unsigned i = 0; i < 20; ++i) {
        const Crowd c = crowd(8, i, [](Point p) { return Point{p.x + 4, p.y}; });
        if (const auto move = motion.estimate(c.anchors, c.detections, kDt)) push += move->push.x;
    }
    EXPECT_GT(push, 20);
}

// Ids given to the six people of some rooms, seen by a camera that moves: `at` gives the picture's shift at a
// time. They turn on the spot and half of their scores are low, so that even a still camera breaks some.
std::size_t ids_given(const std::function<Point(double)>& at, const TrackerOptions& options = {}) {
    test::SceneOptions o;
    o.people = 6;
    o.seconds = 60;
    o.missed = 0.05;
    o.false_boxes = 0;
    std::size_t sum = 0;
    for (unsigned seed = 0; seed < 8; ++seed) {
        std::set<std::int64_t> ids;
        Tracker tracker(options);
        for (auto& frame : test::scene(o, seed)) {
            const Point shift = at(to_seconds(frame.frame.mono));
            for (auto& d : frame.people)
                d.box = {d.box.x + shift.x, d.box.y + shift.y, d.box.w, d.box.h};
            for (const auto& t : tracker.update(frame).people)
                ids.insert(t.id.value);
        }
        sum += ids.size();
    }
    return sum;
}

TEST(PictureMotion, TracksSurviveABumpedPannedAndShakenCamera) {
    const auto still = [](double) { return Point{}; };
    const auto bump = [](double t) { return std::fmod(t, 10) < 5 ? Point{} : Point{170, -90}; };
    const auto pan = [](double t) { return Point{150 * std::sin(0.8 * t), 0}; };
    const auto shake = [](double t) { return Point{9 * std::sin(40 * t), 9 * std::sin(51 * t)}; };
    TrackerOptions blind;
    blind.picture.explained_min = 0;
    blind.picture.noise = blind.picture.lag_min = 1e9;
    const auto usual = ids_given(still);
    const auto most = usual + usual / 5;
    EXPECT_LE(ids_given(bump), most);
    EXPECT_LE(ids_given(pan), most);
    EXPECT_LE(ids_given(shake), most);
    EXPECT_GT(ids_given(bump, blind), most);
    EXPECT_LE(usual, ids_given(still, blind) + usual / 20) << "a camera that stands still pays for it";
}

// How far a person is from where the tracker guesses him while he is hidden (pixels, on average), in a picture
// that swings. People stand; each is hidden in turn.
double guess_error(const TrackerOptions& options, double amplitude, double period_s) {
    constexpr std::array kPlaces{200.0, 330.0, 540.0,
                                 610.0, 850.0, 1010.0};  // no even row: it fits one place on, too
    std::mt19937 random(1);
    std::normal_distribution<double> jitter(0, 0.03 * kHeight);
    Tracker tracker(options);
    double sum = 0;
    int guesses = 0;
    for (int i = 0; i < 900; ++i) {
        const double t = i * kDt, shift = amplitude * std::sin(2 * M_PI * t / period_s);
        const int hidden = std::fmod(t, 1.3) < 0.6 && t > 5 ? static_cast<int>(t / 1.3) % 6 : -1;
        Detections d{test::frame_at(t, 0, 0), {}};
        for (int k = 0; k < 6; ++k) {
            const Point at{kPlaces[k] + shift + jitter(random), 300 + jitter(random)};
            if (k != hidden) d.people.push_back({{at.x - 20, at.y - kHeight / 2, 40, kHeight}, 0.9F});
        }
        for (const auto& track : tracker.update(d).people) {
            if (!track.coasted || hidden < 0) continue;
            sum += std::abs(track.box.center().x - (kPlaces[hidden] + shift));
            ++guesses;
        }
    }
    EXPECT_GT(guesses, 200);
    return sum / guesses;
}

TEST(PictureMotion, PeopleOutOfSightAreTakenAlongWithAPan) {
    TrackerOptions without;
    without.picture.pan.doubt = 1e9;
    without.picture.pan.certain = 2e9;
    for (const double amplitude : {50.0, 100.0, 150.0})
        for (const double period_s : {5.0, 8.0})
            EXPECT_LT(guess_error({}, amplitude, period_s), 0.85 * guess_error(without, amplitude, period_s))
                << amplitude << " pixels in " << period_s << " s";
    EXPECT_NEAR(guess_error({}, 0, 5), guess_error(without, 0, 5), 1e-3)
        << "a camera that stands still pays for it";
}

}  // namespace
}  // namespace chairside
