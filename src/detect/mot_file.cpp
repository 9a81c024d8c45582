#include "detect/mot_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include "base/check.hpp"

namespace chairside {
namespace {

constexpr std::uint64_t kMaxFrame =
    100'000'000;  // 46 days at 25 fps; a gap is filled with empty frames, so it needs a bound
constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kChunk = 1 << 16;
constexpr int kFields = 7;  // what stands after them is not for us

struct Row {
    std::uint64_t frame = 0;
    Detection detection;
};

struct GzClose {
    void operator()(gzFile_s* file) const { gzclose(file); }
};

std::string_view trimmed(std::string_view s) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!s.empty() && blank(s.front()))
        s.remove_prefix(1);
    while (!s.empty() && blank(s.back()))
        s.remove_suffix(1);
    return s;
}

// Returns what is wrong, or an empty text.
std::string parse_row(std::string_view line, Row& row) {
    static constexpr std::array<const char*, kFields> kNames{"frame", "id",     "x",    "y",
                                                             "width", "height", "score"};
    std::array<double, kFields> values{};
    for (std::size_t i = 0; i < kFields; ++i) {
        const auto comma = line.find(',');
        const std::string_view field = trimmed(line.substr(0, comma));
        const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), values[i]);
        if (error != std::errc{} || end != field.data() + field.size() || !std::isfinite(values[i])) {
            return std::string(kNames[i]) + ": found '" + std::string(field.substr(0, 40)) +
                   "', expected a number";
        }
        if (comma == std::string_view::npos && i + 1 < kFields) {
            return "found " + std::to_string(i + 1) + " fields, expected at least 7: frame,-1,x,y,w,h,score";
        }
        line = comma == std::string_view::npos ? std::string_view{} : line.substr(comma + 1);
    }
    if (values[0] < 1 || values[0] > static_cast<double>(kMaxFrame) || values[0] != std::floor(values[0])) {
        return "frame: found " + std::to_string(values[0]) + ", expected a whole number from 1 to " +
               std::to_string(kMaxFrame);
    }
    if (values[4] <= 0 || values[5] <= 0) return "width and height must be greater than 0";
    row.frame = static_cast<std::uint64_t>(values[0]);
    row.detection = {{values[2], values[3], values[4], values[5]}, static_cast<float>(values[6])};
    return {};
}

}  // namespace

struct MotReader::Impl {
    std::string name;
    MotOptions options;
    std::unique_ptr<gzFile_s, GzClose> file;  // null: all is in `buffer` already
    std::uintmax_t file_bytes = 0;
    std::string buffer;
    std::size_t at = 0;  // of the first byte of `buffer` that was not used
    bool exhausted = false;
    std::uint64_t line = 0;   // of the row read last
    std::uint64_t frame = 0;  // the frame given last
    std::optional<Row> pending;
    std::optional<Error> error;

    tl::unexpected<Error> broken(ErrorKind kind, const std::string& what) {
        error = Error{kind, what};
        return tl::unexpected<Error>(*error);
    }

    Result<void> refill() {
        buffer.erase(0, at);
        at = 0;
        const std::size_t held = buffer.size();
        buffer.resize(held + kChunk);
        const int got = gzread(file.get(), buffer.data() + held, kChunk);
        buffer.resize(held + static_cast<std::size_t>(got > 0 ? got : 0));
        if (got > 0) return {};
        exhausted = true;
        int code = Z_OK;
        const char* message = gzerror(file.get(), &code);
        if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
            return broken(code == Z_ERRNO ? ErrorKind::kIo : ErrorKind::kCorrupt,
                          name + ": after line " + std::to_string(line) + ": " + message);
        }
        return {};
    }

    // The next line without its end; nullopt at the end of the file.
    Result<std::optional<std::string_view>> next_line() {
        std::size_t scanned = at;
        for (;;) {
            const auto end = buffer.find('\n', scanned);
            if (end != std::string::npos || (exhausted && at < buffer.size())) {
                const std::size_t stop = end == std::string::npos ? buffer.size() : end;
                const std::string_view text = std::string_view(buffer).substr(at, stop - at);
                at = end == std::string::npos ? stop : end + 1;
                ++line;
                return text;
            }
            if (exhausted) return std::nullopt;
            if (buffer.size() - at > kMaxLine)
                return broken(ErrorKind::kInvalid,
                              place(line + 1) + "longer than " + std::to_string(kMaxLine) + " characters");
            scanned = buffer.size() - at;
            if (auto done = refill(); !done) return tl::unexpected(done.error());
        }
    }

    std::string place(std::uint64_t number) const { return name + ":" + std::to_string(number) + ": "; }

    Result<std::optional<Row>> next_row() {
        for (;;) {
            auto text = next_line();
            if (!text) return tl::unexpected(text.error());
            const std::optional<std::string_view>& raw = *text;
            if (!raw) return std::nullopt;
            const std::string_view row_text = trimmed(*raw);
            if (row_text.empty() || row_text.front() == '#') continue;
            Row row;
            if (auto fault = parse_row(row_text, row); !fault.empty())
                return broken(ErrorKind::kInvalid, place(line) + fault);
            if (row.frame < frame) {
                return broken(ErrorKind::kInvalid, place(line) + "frame " + std::to_string(row.frame) +
                                                       " comes after frame " + std::to_string(frame) +
                                                       "; rows must be in order of their frames");
            }
            if (options.frames != 0 && row.frame > options.frames) {
                return broken(ErrorKind::kInvalid, place(line) + "frame " + std::to_string(row.frame) +
                                                       ", but there are only " +
                                                       std::to_string(options.frames));
            }
            return row;
        }
    }

    FrameInfo info(std::uint64_t number) const {
        const Duration since = from_seconds(static_cast<double>(number - 1) / options.fps);
        return {number - 1, MonoTime(since), options.start + since, options.width, options.height};
    }
};

MotReader::MotReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MotReader::~MotReader() = default;

Result<std::unique_ptr<MotReader>> MotReader::open(const std::filesystem::path& file,
                                                   const MotOptions& options) {
    if (!(options.fps > 0))
        return fail(ErrorKind::kInvalid, file.string() + ": frames per second must be greater than 0");
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(file, missing);
    if (missing)
        return fail(std::filesystem::exists(file) ? ErrorKind::kIo : ErrorKind::kNotFound,
                    file.string() + ": " + missing.message());
    auto impl = std::make_unique<Impl>();
    impl->name = file.string();
    impl->options = options;
    impl->file_bytes = bytes;
    impl->file.reset(gzopen(file.c_str(), "rb"));
    if (!impl->file) return fail(ErrorKind::kIo, file.string() + ": cannot be opened");
    gzbuffer(impl->file.get(), kChunk);
    return std::unique_ptr<MotReader>(new MotReader(std::move(impl)));
}

std::unique_ptr<MotReader> MotReader::from_text(std::string text, const std::string& name,
                                                const MotOptions& options) {
    CHAIRSIDE_CHECK(options.fps > 0);
    auto impl = std::make_unique<Impl>();
    impl->name = name;
    impl->options = options;
    impl->buffer = std::move(text);
    impl->exhausted = true;
    return std::unique_ptr<MotReader>(new MotReader(std::move(impl)));
}

Result<Detections> MotReader::next() {
    Impl& in = *impl_;
    if (in.error) return tl::unexpected<Error>(*in.error);
    Detections frame;
    const std::uint64_t number = in.frame + 1;
    for (;;) {
        if (!in.pending) {
            // Until the row of a later frame shows up, rows may still belong to this one.
            auto row = in.next_row();
            if (!row) return tl::unexpected(row.error());
            in.pending = *row;
        }
        if (!in.pending || in.pending->frame > number) break;
        in.frame = number;  // from here on an earlier frame is an error
        frame.people.push_back(in.pending->detection);
        in.pending.reset();
    }
    const bool more = in.pending || number <= in.options.frames;
    if (frame.people.empty() && !more) return in.broken(ErrorKind::kEnd, in.name + ": end of file");
    in.frame = number;
    frame.frame = in.info(number);
    return frame;
}

double MotReader::progress() const {
    if (impl_->file && impl_->file_bytes > 0) {
        const auto offset = static_cast<double>(gzoffset(impl_->file.get()));
        return std::min(1.0, offset / static_cast<double>(impl_->file_bytes));
    }
    return impl_->buffer.empty() ? 1.0
                                 : static_cast<double>(impl_->at) / static_cast<double>(impl_->buffer.size());
}

}  // namespace chairside
