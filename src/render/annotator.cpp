#include "render/annotator.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "render/canvas.hpp"

namespace chairside {
namespace {

constexpr Color kBluishGreen{0.0, 0.62, 0.45};  // counted
constexpr Color kOrange{0.90, 0.62, 0.0};       // someone is in it, not yet counted
constexpr Color kPale{0.92, 0.92, 0.92};        // empty
constexpr Color kSkyBlue{0.34, 0.71, 0.91};     // people
constexpr Color kInk{0.05, 0.06, 0.09, 0.78};   // behind letters
constexpr Color kWhite{1, 1, 1};

constexpr double kDesignHeight = 576;  // all lengths below are for a picture of this height
constexpr double kTextSize = 13, kHeaderTextSize = 15, kHeaderHeight = 28;
constexpr double kPadding = 6, kRadius = 4, kBarHeight = 3;
constexpr double kLineOccupied = 2.5, kLineEmpty = 1.5, kLineBox = 2, kDash = 6;
constexpr double kFillOccupied = 0.22, kFillEmpty = 0.06, kFillIgnored = 0.45;
constexpr int kMostMoves = 12;  // of a label that would cover another

struct ZoneLook {
    Color color;
    double line_width, fill, dash;
};

ZoneLook look_of(const AnnotatedZone& zone) {
    if (zone.counted) return {kBluishGreen, kLineOccupied, kFillOccupied, 0};
    if (zone.occupants > 0 || zone.longest_dwell_s > 0) return {kOrange, kLineOccupied, kFillOccupied, 0};
    return {kPale, kLineEmpty, kFillEmpty, kDash};
}

// "0:07", "12:30", "1:05:00"
std::string dwell_text(double seconds) {
    const auto s = static_cast<long long>(std::max(0.0, seconds));
    char text[32];
    if (s >= 3600) {
        std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    } else {
        std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
    }
    return text;
}

bool overlap(const Box& a, const Box& b) {
    return intersection_area(a, b) > 0;
}

}  // namespace

class Annotator::Impl {
  public:
    explicit Impl(AnnotatorOptions options) : options_(std::move(options)) {}

    Result<void> draw(Image& rgb, const FrameInfo& frame, const Tracks& tracks,
                      const std::vector<AnnotatedZone>& zones, const std::string& header);

  private:
    double px(double length) const { return length * unit_; }
    Point on_picture(double x, double y) const {
        return {content_.x + x * content_.w, content_.y + y * content_.h};
    }
    Polygon on_picture(const Polygon& normalised) const;
    void draw_ignored(const IgnoreRegion& region);
    void draw_zone(const AnnotatedZone& zone);
    void draw_person(const Track& track, const FrameInfo& frame);
    void label_zone(const AnnotatedZone& zone);
    void label_person(const Track& track, const FrameInfo& frame);
    Box box_of(const Track& track, const FrameInfo& frame) const;
    Box free_place(Box wanted, double step);
    void draw_header(const FrameInfo& frame, const std::string& header);
    std::string time_text(const FrameInfo& frame);

    const AnnotatorOptions options_;
    Canvas canvas_;
    double unit_ = 1;
    Box content_;              // where the source picture lies in the image
    std::vector<Box> labels_;  // taken places
    std::optional<MonoTime> first_;
};

Polygon Annotator::Impl::on_picture(const Polygon& normalised) const {
    Polygon polygon;
    polygon.reserve(normalised.size());
    for (const Point& p : normalised)
        polygon.push_back(on_picture(p.x, p.y));
    return polygon;
}

Box Annotator::Impl::box_of(const Track& track, const FrameInfo& frame) const {
    const double sx = content_.w / std::max(1, frame.width), sy = content_.h / std::max(1, frame.height);
    return {content_.x + track.box.x * sx, content_.y + track.box.y * sy, track.box.w * sx, track.box.h * sy};
}

// Darkened: what happens there is not looked at.
void Annotator::Impl::draw_ignored(const IgnoreRegion& region) {
    const Canvas::TextStyle plain{px(kTextSize - 1), false};
    const Polygon polygon = on_picture(region.polygon);
    canvas_.fill_polygon(polygon, kInk.with_alpha(kFillIgnored));
    canvas_.stroke_polygon(polygon, kPale.with_alpha(0.6), px(kLineEmpty), px(kDash / 2));
    const std::string text = region.name + "  ignored";
    const double width = canvas_.text_width(text, plain);
    const Point middle = bounds(polygon).center();
    canvas_.text(text, middle.x - width / 2, middle.y, kPale, plain);
}

void Annotator::Impl::draw_zone(const AnnotatedZone& zone) {
    const ZoneLook look = look_of(zone);
    const Polygon polygon = on_picture(zone.zone.polygon);
    canvas_.fill_polygon(polygon, look.color.with_alpha(look.fill));
    canvas_.stroke_polygon(polygon, kInk.with_alpha(0.5), px(look.line_width + 1.5), px(look.dash));
    canvas_.stroke_polygon(polygon, look.color, px(look.line_width), px(look.dash));
}

// A person that is only predicted has a dashed box.
void Annotator::Impl::draw_person(const Track& track, const FrameInfo& frame) {
    const Box box = box_of(track, frame);
    const double dash = track.coasted ? px(kDash) : 0;
    canvas_.stroke_box(box, kInk.with_alpha(0.5), px(kLineBox + 1.5), px(kRadius), dash);
    canvas_.stroke_box(box, kSkyBlue, px(kLineBox), px(kRadius), dash);
}

// The wanted place, moved down in steps past labels that are there already, and into the picture.
Box Annotator::Impl::free_place(Box wanted, double step) {
    wanted.x = std::clamp(wanted.x, 0.0, std::max(0.0, canvas_.width() - wanted.w));
    const double top = px(kHeaderHeight), bottom = std::max(top, canvas_.height() - wanted.h);
    wanted.y = std::clamp(wanted.y, top, bottom);
    for (int i = 0; i < kMostMoves; ++i) {
        if (std::none_of(labels_.begin(), labels_.end(), [&](const Box& b) { return overlap(b, wanted); }))
            break;
        wanted.y = std::min(wanted.y + step, bottom);
    }
    labels_.push_back(wanted);
    return wanted;
}

// Name, service, people of several, running dwell; under it a bar that is full when the stay counts.
void Annotator::Impl::label_zone(const AnnotatedZone& zone) {
    const ZoneLook look = look_of(zone);
    const Canvas::TextStyle bold{px(kTextSize), true}, plain{px(kTextSize), false};
    std::string rest = std::string("  ") + service_name(zone.zone.type);
    if (zone.zone.capacity > 1)
        rest += " " + std::to_string(zone.occupants) + "/" + std::to_string(zone.zone.capacity);
    if (zone.longest_dwell_s > 0) rest += "  " + dwell_text(zone.longest_dwell_s);
    if (zone.counted) rest += " \u2713";
    const double name_width = canvas_.text_width(zone.zone.name, bold);
    const double width = name_width + canvas_.text_width(rest, plain) + px(2 * kPadding + kBarHeight);
    const double height = px(kTextSize + kPadding + kBarHeight + 3);
    const Box zone_box = bounds(on_picture(zone.zone.polygon));
    const Box place = free_place({zone_box.center().x - width / 2, zone_box.y + px(kPadding), width, height},
                                 height + px(2));
    canvas_.fill_box(place, kInk, px(kRadius));
    canvas_.fill_box({place.x, place.y, px(kBarHeight), place.h}, look.color, px(1));
    const double left = place.x + px(kBarHeight + kPadding), baseline = place.y + px(kTextSize + 2);
    canvas_.text(zone.zone.name, left, baseline, kWhite, bold);
    canvas_.text(rest, left + name_width, baseline, kWhite, plain);
    const double needed_s = to_seconds(zone.zone.dwell);
    if (zone.longest_dwell_s <= 0 || needed_s <= 0) return;
    const Box bar{left, place.bottom() - px(kBarHeight + 2), place.right() - px(kPadding) - left,
                  px(kBarHeight)};
    canvas_.fill_box(bar, kWhite.with_alpha(0.25), px(1));
    canvas_.fill_box({bar.x, bar.y, bar.w * std::min(1.0, zone.longest_dwell_s / needed_s), bar.h},
                     look.color, px(1));
}

void Annotator::Impl::label_person(const Track& track, const FrameInfo& frame) {
    const Canvas::TextStyle bold{px(kTextSize - 1), true}, plain{px(kTextSize - 1), false};
    const std::string id = "#" + std::to_string(track.id.value), age = "  " + dwell_text(track.age_s);
    const double id_width = canvas_.text_width(id, bold);
    const double width = id_width + canvas_.text_width(age, plain) + px(2 * kPadding);
    const double height = px(kTextSize + kPadding);
    const Box box = box_of(track, frame);
    const Box place = free_place({box.x - px(1), box.y - height - px(1), width, height}, height + px(1));
    canvas_.fill_box(place, kInk, px(kRadius));
    const double baseline = place.y + px(kTextSize + 1.5);
    canvas_.text(id, place.x + px(kPadding), baseline, kSkyBlue, bold);
    canvas_.text(age, place.x + px(kPadding) + id_width, baseline, kWhite, plain);
}

std::string Annotator::Impl::time_text(const FrameInfo& frame) {
    if (options_.time_zone) return options_.time_zone->format(frame.wall, "%Y-%m-%d %H:%M:%S").substr(0, 19);
    if (!first_) first_ = frame.mono;
    const double seconds = to_seconds(frame.mono - *first_);
    const auto tenths = static_cast<long long>(std::floor(seconds * 10 + 1e-6));
    return dwell_text(static_cast<double>(tenths / 10)) + "." + std::to_string(tenths % 10);
}

void Annotator::Impl::draw_header(const FrameInfo& frame, const std::string& header) {
    const Canvas::TextStyle bold{px(kHeaderTextSize), true}, plain{px(kHeaderTextSize), false};
    canvas_.fill_box({0, 0, static_cast<double>(canvas_.width()), px(kHeaderHeight)}, kInk);
    const std::string time = time_text(frame);
    const double baseline = px(kHeaderHeight / 2 + kHeaderTextSize * 0.36);
    canvas_.text(time, px(2 * kPadding), baseline, kWhite, bold);
    // The text does not move while the time grows wider.
    const double text_left = px(2 * kPadding) +
                             std::max(canvas_.text_width(time, bold), canvas_.text_width("00:00.0", bold)) +
                             px(3 * kPadding);
    canvas_.text(header, text_left, baseline, kWhite, plain);
}

Result<void> Annotator::Impl::draw(Image& rgb, const FrameInfo& frame, const Tracks& tracks,
                                   const std::vector<AnnotatedZone>& zones, const std::string& header) {
    if (auto begun = canvas_.begin(rgb); !begun) return begun;
    content_ = rgb.content.area() > 0
                   ? rgb.content
                   : Box{0, 0, static_cast<double>(rgb.width), static_cast<double>(rgb.height)};
    unit_ = std::clamp(std::min<double>(rgb.height, rgb.width * 0.75) / kDesignHeight, 0.6, 6.0);
    labels_.clear();
    for (const auto& region : options_.ignored)
        draw_ignored(region);
    for (const auto& zone : zones)
        draw_zone(zone);
    for (const auto& track : tracks.people)
        draw_person(track, frame);
    for (const auto& zone : zones)
        label_zone(zone);
    for (const auto& track : tracks.people)
        label_person(track, frame);
    draw_header(frame, header);
    return canvas_.end(rgb);
}

Annotator::Annotator(AnnotatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Annotator::~Annotator() = default;
Annotator::Annotator(Annotator&&) noexcept = default;
Annotator& Annotator::operator=(Annotator&&) noexcept = default;

Result<void> Annotator::draw(Image& rgb, const FrameInfo& frame, const Tracks& tracks,
                             const std::vector<AnnotatedZone>& zones, const std::string& header) {
    return impl_->draw(rgb, frame, tracks, zones, header);
}

}  // namespace chairside
