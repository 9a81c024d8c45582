#include "pipeline/picture_desk.hpp"

namespace chairside {

void PictureDesk::put(const Frame& frame, const Detections& detections, const Tracks& tracks) {
    const MonoTime now = frame.info.mono;
    std::vector<Box> people;
    for (const Detection& detection : detections.people)
        people.push_back(detection.box);
    for (const Track& track : tracks.people)
        people.push_back(track.box);
    places_.emplace_back(now, std::move(people));
    while (now - places_.front().first > kCovered || now < places_.front().first)
        places_.pop_front();
    if (frame.picture.width == 0) return;
    ShopPicture picture{frame.picture, frame.info.wall, {}};
    const double scale = static_cast<double>(frame.picture.width) / frame.info.width;
    for (const auto& [at, boxes] : places_)
        for (const Box& box : boxes)
            picture.people.push_back({box.x * scale, box.y * scale, box.w * scale, box.h * scale});
    {
        const std::lock_guard lock(mutex_);
        newest_ = std::move(picture);
        taken_ = clock_.mono_now();
        ++number_;
        forget_if_unwanted(taken_);
    }
    came_.notify_all();
}

void PictureDesk::forget_if_unwanted(MonoTime now) {
    if (!wanted_ || now - asked_ < kInterest) return;
    wanted_ = false;
    newest_.reset();
}

void PictureDesk::tick() {
    const std::lock_guard lock(mutex_);
    forget_if_unwanted(clock_.mono_now());
}

Result<ShopPicture> PictureDesk::get(Duration patience) {
    std::unique_lock lock(mutex_);
    asked_ = clock_.mono_now();
    wanted_ = true;
    if (newest_ && asked_ - taken_ < kFresh) return *newest_;
    const std::uint64_t before = number_;
    came_.wait_for(lock, patience, [&] { return number_ != before; });
    if (number_ == before || !newest_)
        return fail(ErrorKind::kUnavailable, "The camera sends no picture now.");
    return *newest_;
}

}  // namespace chairside
