// The pure part of a camera's flow over made-up salons in which not everything that looks like a person is one.
#include "pipeline/analysis.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "sim/score.hpp"

namespace chairside {
namespace {

constexpr double kFps = 2;

struct Outcome {
    std::map<EventId, Event> events;
    int still_things = 0;
    double f1 = 0;
};

// A salon for 70 minutes, with these things in it: seen in 9 of 10 frames, with the noise of everybody's box.
Outcome watch(const std::vector<Box>& things, bool ignore_still) {
    sim::Settings settings;
    settings.seed = 5;
    settings.length_s = 4200;
    settings.habits.clients_per_hour = 8;
    const sim::Salon salon(settings);
    const auto ids = make_seeded_id_source(1);
    Analysis analysis("camera", salon.zones(), *ids, {}, ignore_still);
    Outcome out;
    const auto note = [&](const EventChanges& changes) {
        for (const Event& event : changes.events)
            out.events[event.id] = event;
    };
    sim::Random random(9);
    const double noise = settings.faults.jitter;
    for (std::uint64_t i = 0; static_cast<double>(i) / kFps < settings.length_s; ++i) {
        Detections frame = salon.look(static_cast<double>(i) / kFps, i);
        for (const Box& b : things)
            if (random.chance(0.9))
                frame.people.push_back(
                    {{b.x + noise * b.w * random.normal(), b.y + noise * b.h * random.normal(),
                      b.w * (1 + noise * random.normal()), b.h * (1 + noise * random.normal())},
                     0.6f});
        note(analysis.step(frame));
    }
    out.still_things = analysis.still_things();
    note(analysis.events().end_all(EndReason::kEndOfStream));
    std::vector<Event> events;
    for (const auto& [id, event] : out.events)
        events.push_back(event);
    out.f1 = sim::score(salon.services(), sim::as_services(events, salon.zones())).f1();
    return out;
}

const Box kPoster{620, 60, 60, 150};        // on the wall
const Box kMannequin{1040, 400, 176, 251};  // seated, in the waiting area

TEST(AnalysisOfASalon, APosterAndAMannequinAreLearnedAndNotCounted) {
    const Outcome clear = watch({}, true), with = watch({kPoster, kMannequin}, true);
    EXPECT_EQ(clear.still_things, 0) << "a living person was taken for a thing";
    EXPECT_EQ(with.still_things, 2);
    EXPECT_GE(with.f1, clear.f1 - 0.05);
    const auto rejected = std::count_if(with.events.begin(), with.events.end(), [](const auto& item) {
        const auto why = item.second.metadata.find("rejected");
        return why != item.second.metadata.end() && why->second == "never moved";
    });
    EXPECT_EQ(rejected, 1);
}

TEST(AnalysisOfASalon, WithoutTheFilterTheMannequinIsOneWhoWaits) {
    const Outcome with = watch({kMannequin}, false);
    EXPECT_EQ(with.still_things, 0);
    EXPECT_TRUE(std::any_of(with.events.begin(), with.events.end(), [](const auto& item) {
        return item.second.type == ZoneType::kWait && item.second.dwell > std::chrono::minutes(45);
    }));
}

TEST(AnalysisOfASalon, NobodyIsTakenForAThing) {
    const Outcome on = watch({}, true), off = watch({}, false);
    EXPECT_EQ(on.f1, off.f1);
}

}  // namespace
}  // namespace chairside
