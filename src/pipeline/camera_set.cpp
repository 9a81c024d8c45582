#include "pipeline/camera_set.hpp"

#include <algorithm>
#include <utility>

namespace chairside {
namespace {

// But for what can change between two frames.
bool same_picture(CameraConfig a, const CameraConfig& b) {
    a.zones = b.zones;
    a.ignore = b.ignore;
    a.ignore_still = b.ignore_still;
    a.added = b.added;
    return a == b;
}

// Times of its frames follow the clock: a session can go on from another source.
bool follows_the_clock(const CameraConfig& camera) {
    return (camera.live || camera.realtime) && !camera.start_time;
}

template <typename Places>
auto find_in(Places& places, const std::string& id) {
    return std::find_if(places.begin(), places.end(),
                        [&](const auto& place) { return place.config.id == id; });
}

}  // namespace

CameraSet::Place CameraSet::place_of(const CameraConfig& camera, EarlierRun earlier) const {
    return {camera, std::make_shared<CameraWorker>(camera, *context_, std::move(earlier))};
}

void CameraSet::begin(const WorkerContext& context, const std::vector<CameraConfig>& cameras,
                      std::map<std::string, EarlierRun> earlier) {
    context_ = std::make_unique<const WorkerContext>(context);
    std::vector<Place> places;
    for (const CameraConfig& camera : cameras)
        places.push_back(place_of(camera, std::move(earlier[camera.id])));
    places_.with([&](auto& all) { all = std::move(places); });
}

void CameraSet::open() {
    open_ = true;
    for (const auto& worker : all())
        worker->start();
}

CameraSet::Change CameraSet::change(const std::vector<CameraConfig>& cameras) {
    Change out;
    changing_ = true;
    std::vector<Place> before = places_.with([](const auto& all) { return all; });
    std::vector<Place> gone;
    for (const Place& place : before) {
        const auto wanted = std::find_if(cameras.begin(), cameras.end(),
                                         [&](const CameraConfig& c) { return c.id == place.config.id; });
        if (wanted == cameras.end()) out.removed.push_back(place.config.id);
        if (wanted == cameras.end() || !same_picture(place.config, *wanted)) gone.push_back(place);
    }
    for (const Place& place : gone)
        place.worker->request_stop();
    for (const Place& place : gone)
        place.worker->join();
    std::vector<Place> now, fresh;
    for (const CameraConfig& camera : cameras) {
        const auto old = find_in(before, camera.id);
        const auto reopened = find_in(gone, camera.id);
        if (old == before.end()) {
            out.added.push_back(camera.id);
            fresh.push_back(place_of(camera, {}));
            now.push_back(fresh.back());
        } else if (reopened != gone.end()) {
            out.changed.push_back(camera.id);
            EarlierRun earlier = old->worker->leave();
            if (!follows_the_clock(camera) || !follows_the_clock(old->config)) earlier.analysis.reset();
            fresh.push_back(place_of(camera, std::move(earlier)));
            now.push_back(fresh.back());
        } else {
            if (old->config != camera) {
                out.changed.push_back(camera.id);
                old->worker->rezone(camera);
            }
            now.push_back({camera, old->worker});
        }
    }
    places_.with([&](auto& all) { all = now; });
    for (const Place& place : fresh)
        if (open_) place.worker->start();
    for (const Place& place : gone)
        if (std::count(out.removed.begin(), out.removed.end(), place.config.id) > 0) place.worker->dismiss();
    changing_ = false;
    return out;
}

void CameraSet::stop() {
    const Workers workers = all();
    for (const auto& worker : workers)
        worker->request_stop();
    for (const auto& worker : workers)
        worker->join();
}

CameraSet::Workers CameraSet::all() const {
    return places_.with([](const auto& places) {
        Workers out;
        for (const Place& place : places)
            out.push_back(place.worker);
        return out;
    });
}

std::shared_ptr<CameraWorker> CameraSet::find(const std::string& id) const {
    return places_.with([&](const auto& places) {
        const auto place = find_in(places, id);
        return place != places.end() ? place->worker : nullptr;
    });
}

bool CameraSet::all_finished() const {
    const Workers workers = all();
    return !changing_ && !workers.empty() &&
           std::all_of(workers.begin(), workers.end(), [](const auto& w) { return w->finished(); });
}

}  // namespace chairside
