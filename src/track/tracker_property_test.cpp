// What must not depend on how the picture is shown to the tracker: the order of the detections, where the
// origin is, the scale, left and right, the time.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "track/test_scene.hpp"
#include "track/tracker.hpp"

namespace chairside {
namespace {

using test::scene;
using Run = std::vector<std::vector<Track>>;

Run run(const std::vector<Detections>& frames) {
    Tracker tracker;
    Run result;
    for (const auto& frame : frames)
        result.push_back(tracker.update(frame).people);
    return result;
}

std::vector<Detections> changed(std::vector<Detections> frames,
                                const std::function<Box(const Box&)>& change) {
    for (auto& frame : frames)
        for (auto& d : frame.people)
            d.box = change(d.box);
    return frames;
}

bool near(const Box& a, const Box& b) {
    const double tolerance = 1e-6 * (1 + std::max(std::abs(b.w), std::abs(b.h)));
    return std::abs(a.x - b.x) < tolerance && std::abs(a.y - b.y) < tolerance &&
           std::abs(a.w - b.w) < tolerance && std::abs(a.h - b.h) < tolerance;
}

// The same people at the same (changed) places in every frame; ids may be others, but one for one.
void expect_same(const Run& run_a, const Run& run_b, const std::function<Box(const Box&)>& change) {
    std::map<TrackId, TrackId> b_of_a, a_of_b;
    for (std::size_t i = 0; i < run_a.size(); ++i) {
        RC_ASSERT(run_a[i].size() == run_b[i].size());
        for (const auto& a : run_a[i]) {
            const auto b = std::find_if(run_b[i].begin(), run_b[i].end(),
                                        [&](const Track& t) { return near(t.box, change(a.box)); });
            RC_ASSERT(b != run_b[i].end());
            RC_ASSERT(b_of_a.emplace(a.id, b->id).first->second == b->id);
            RC_ASSERT(a_of_b.emplace(b->id, a.id).first->second == a.id);
        }
    }
}

test::SceneOptions options() {
    test::SceneOptions o;
    o.people = *rc::gen::inRange(0, 12);
    o.fps = *rc::gen::element(2.0, 5.0, 10.0, 25.0);
    o.seconds = 8;
    return o;
}

RC_GTEST_PROP(TrackerProperty, OrderOfDetectionsDoesNotMatter, (unsigned seed)) {
    const auto frames = scene(options(), seed);
    auto shuffled = frames;
    std::mt19937 random(seed + 1);
    for (auto& frame : shuffled)
        std::shuffle(frame.people.begin(), frame.people.end(), random);
    const Run a = run(frames), b = run(shuffled);
    for (std::size_t i = 0; i < a.size(); ++i) {
        RC_ASSERT(a[i].size() == b[i].size());
        for (std::size_t k = 0; k < a[i].size(); ++k) {
            RC_ASSERT(a[i][k].id == b[i][k].id);
            RC_ASSERT(a[i][k].box == b[i][k].box);
        }
    }
}

// The picture's borders matter (people leave there), so its size is not given here.
std::vector<Detections> borderless(std::vector<Detections> frames) {
    for (auto& frame : frames)
        frame.frame.width = frame.frame.height = 0;
    return frames;
}

RC_GTEST_PROP(TrackerProperty, ShiftedPictureGivesShiftedTracks, (unsigned seed)) {
    const auto frames = borderless(scene(options(), seed));
    const double dx = *rc::gen::inRange(-2000, 2000), dy = *rc::gen::inRange(-2000, 2000);
    const auto shift = [&](const Box& b) { return Box{b.x + dx, b.y + dy, b.w, b.h}; };
    expect_same(run(frames), run(changed(frames, shift)), shift);
}

RC_GTEST_PROP(TrackerProperty, ScaledPictureGivesScaledTracks, (unsigned seed)) {
    const auto frames = borderless(scene(options(), seed));
    const double s = *rc::gen::element(0.125, 0.5, 1.5, 3.0);
    const auto scale = [&](const Box& b) { return Box{s * b.x, s * b.y, s * b.w, s * b.h}; };
    expect_same(run(frames), run(changed(frames, scale)), scale);
}

RC_GTEST_PROP(TrackerProperty, MirroredPictureGivesMirroredTracks, (unsigned seed)) {
    const auto o = options();
    const auto frames = scene(o, seed);
    const auto mirror = [&](const Box& b) { return Box{o.width - b.x - b.w, b.y, b.w, b.h}; };
    expect_same(run(frames), run(changed(frames, mirror)), mirror);
}

RC_GTEST_PROP(TrackerProperty, TimeOfDayDoesNotMatter, (unsigned seed)) {
    const auto frames = scene(options(), seed);
    const int hours = *rc::gen::inRange(1, 500000);
    auto later = frames;
    for (auto& frame : later)
        frame.frame.mono += from_seconds(3600.0 * hours);
    const Run a = run(frames), b = run(later);
    for (std::size_t i = 0; i < a.size(); ++i) {
        RC_ASSERT(a[i].size() == b[i].size());
        for (std::size_t k = 0; k < a[i].size(); ++k) {
            RC_ASSERT(a[i][k].id == b[i][k].id);
            RC_ASSERT(a[i][k].box == b[i][k].box);
        }
    }
}

RC_GTEST_PROP(TrackerProperty, ReportsEachIdOnceInOrderWithFiniteBoxes, (unsigned seed)) {
    for (const auto& people : run(scene(options(), seed)))
        for (std::size_t i = 0; i < people.size(); ++i) {
            const Box& b = people[i].box;
            // Not inside RC_ASSERT: it evaluates both sides of an `||`.
            const bool in_order = i == 0 || people[i - 1].id < people[i].id;
            RC_ASSERT(in_order);
            RC_ASSERT(std::isfinite(b.x) && std::isfinite(b.y) && b.w > 0 && b.h > 0);
            RC_ASSERT(people[i].coasted == (people[i].score == 0));
        }
}

}  // namespace
}  // namespace chairside
