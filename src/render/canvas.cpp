#include "render/canvas.hpp"

#include <cairo.h>

#include <algorithm>
#include <cstdint>
#include <numbers>

namespace chairside {
namespace {

constexpr const char* kFont = "DejaVu Sans";

struct Free {
    void operator()(cairo_t* p) const { cairo_destroy(p); }
    void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
};

bool is_whole(const Image& image) {
    return image.format == PixelFormat::kRgb24 && image.width > 0 && image.height > 0 &&
           image.stride >= image.width * 3 &&
           image.bytes.size() >= static_cast<std::size_t>(image.stride) * (image.height - 1) +
                                     static_cast<std::size_t>(image.width) * 3;
}

}  // namespace

struct Canvas::Impl {
    std::unique_ptr<cairo_surface_t, Free> surface;  // 32 bits per pixel: nothing, red, green, blue
    std::unique_ptr<cairo_t, Free> cairo;
    int width = 0, height = 0;

    // Calls f(pixel of the surface, pixel of the image) for all pixels.
    template <typename ImageType, typename F>
    void each_pixel(ImageType& image, F f) {
        auto* rows = cairo_image_surface_get_data(surface.get());
        const int stride = cairo_image_surface_get_stride(surface.get());
        for (int y = 0; y < height; ++y) {
            auto* mine = reinterpret_cast<std::uint32_t*>(rows + static_cast<std::ptrdiff_t>(y) * stride);
            auto* theirs = image.bytes.data() + static_cast<std::ptrdiff_t>(y) * image.stride;
            for (int x = 0; x < width; ++x)
                f(mine[x], theirs + static_cast<std::ptrdiff_t>(x) * 3);
        }
    }
    void set_color(const Color& c) { cairo_set_source_rgba(cairo.get(), c.red, c.green, c.blue, c.alpha); }
    void set_line(double line_width, double dash) {
        cairo_set_line_width(cairo.get(), line_width);
        cairo_set_line_join(cairo.get(), CAIRO_LINE_JOIN_ROUND);
        if (dash > 0) {
            cairo_set_dash(cairo.get(), &dash, 1, 0);
        } else {
            cairo_set_dash(cairo.get(), nullptr, 0, 0);
        }
    }
    void polygon_path(const Polygon& polygon) {
        cairo_new_path(cairo.get());
        for (const Point& p : polygon)
            cairo_line_to(cairo.get(), p.x, p.y);
        cairo_close_path(cairo.get());
    }
    void box_path(const Box& b, double radius) {
        const double r = std::clamp(radius, 0.0, std::min(b.w, b.h) / 2);
        constexpr double kQuarter = std::numbers::pi / 2;
        auto* c = cairo.get();
        cairo_new_path(c);
        cairo_arc(c, b.right() - r, b.y + r, r, -kQuarter, 0);
        cairo_arc(c, b.right() - r, b.bottom() - r, r, 0, kQuarter);
        cairo_arc(c, b.x + r, b.bottom() - r, r, kQuarter, 2 * kQuarter);
        cairo_arc(c, b.x + r, b.y + r, r, 2 * kQuarter, 3 * kQuarter);
        cairo_close_path(c);
    }
    void set_font(const TextStyle& style) {
        cairo_select_font_face(cairo.get(), kFont, CAIRO_FONT_SLANT_NORMAL,
                               style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(cairo.get(), style.size);
    }
};

Canvas::Canvas() : impl_(std::make_unique<Impl>()) {}
Canvas::~Canvas() = default;

int Canvas::width() const {
    return impl_->width;
}
int Canvas::height() const {
    return impl_->height;
}

Result<void> Canvas::begin(const Image& rgb) {
    if (!is_whole(rgb)) return fail(ErrorKind::kInvalid, "only whole RGB pictures can be drawn on");
    if (!impl_->surface || impl_->width != rgb.width || impl_->height != rgb.height) {
        impl_->surface.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, rgb.width, rgb.height));
        impl_->width = rgb.width;
        impl_->height = rgb.height;
    }
    // A fault, such as text that is not UTF-8, stays with a context: each picture has its own.
    impl_->cairo.reset(cairo_create(impl_->surface.get()));
    if (const auto status = cairo_status(impl_->cairo.get()); status != CAIRO_STATUS_SUCCESS) {
        impl_->surface.reset();
        return fail(ErrorKind::kInvalid,
                    std::string("the picture cannot be drawn on: ") + cairo_status_to_string(status));
    }
    // Letters are placed and shaped without regard to the machine's settings.
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(impl_->cairo.get(), options);
    cairo_font_options_destroy(options);
    impl_->each_pixel(rgb, [](std::uint32_t& mine, const std::uint8_t* theirs) {
        mine = static_cast<std::uint32_t>(theirs[0] << 16 | theirs[1] << 8 | theirs[2]);
    });
    cairo_surface_mark_dirty(impl_->surface.get());
    return {};
}

Result<void> Canvas::end(Image& rgb) {
    const auto status = cairo_status(impl_->cairo.get());
    impl_->cairo.reset();
    if (status != CAIRO_STATUS_SUCCESS)
        return fail(ErrorKind::kInvalid,
                    std::string("the picture cannot be drawn on: ") + cairo_status_to_string(status));
    cairo_surface_flush(impl_->surface.get());
    impl_->each_pixel(rgb, [](const std::uint32_t& mine, std::uint8_t* theirs) {
        theirs[0] = static_cast<std::uint8_t>(mine >> 16);
        theirs[1] = static_cast<std::uint8_t>(mine >> 8);
        theirs[2] = static_cast<std::uint8_t>(mine);
    });
    return {};
}

void Canvas::fill_polygon(const Polygon& polygon, const Color& color) {
    impl_->polygon_path(polygon);
    impl_->set_color(color);
    cairo_fill(impl_->cairo.get());
}

void Canvas::stroke_polygon(const Polygon& polygon, const Color& color, double line_width, double dash) {
    impl_->polygon_path(polygon);
    impl_->set_color(color);
    impl_->set_line(line_width, dash);
    cairo_stroke(impl_->cairo.get());
}

void Canvas::fill_box(const Box& box, const Color& color, double corner_radius) {
    impl_->box_path(box, corner_radius);
    impl_->set_color(color);
    cairo_fill(impl_->cairo.get());
}

void Canvas::stroke_box(const Box& box, const Color& color, double line_width, double corner_radius,
                        double dash) {
    impl_->box_path(box, corner_radius);
    impl_->set_color(color);
    impl_->set_line(line_width, dash);
    cairo_stroke(impl_->cairo.get());
}

double Canvas::text_width(const std::string& text, const TextStyle& style) {
    impl_->set_font(style);
    cairo_text_extents_t extents{};
    cairo_text_extents(impl_->cairo.get(), text.c_str(), &extents);
    return extents.x_advance;
}

void Canvas::text(const std::string& text, double left, double baseline, const Color& color,
                  const TextStyle& style) {
    impl_->set_font(style);
    impl_->set_color(color);
    cairo_move_to(impl_->cairo.get(), left, baseline);
    cairo_show_text(impl_->cairo.get(), text.c_str());
}

}  // namespace chairside
