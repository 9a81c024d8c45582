#include "detect/model_metadata.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>

namespace chairside {
namespace {

constexpr std::streamoff kTail = 1 << 20;  // rt_info stands at the end of an IR, which may be many megabytes
constexpr std::uint64_t kMaxEntry = 1 << 20;  // one key with its value
constexpr std::size_t kMaxLabels = 10000;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string unescaped(std::string text) {
    const std::pair<const char*, char> entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    for (const auto& [name, character] : entities) {
        for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; ++at)
            text.replace(at, std::string(name).size(), 1, character);
    }
    return text;
}

std::vector<double> numbers(const std::string& text) {
    std::vector<double> found;
    const char* end = text.data() + text.size();
    for (const char* p = text.data(); p < end;) {
        double value = 0;
        const auto [next, error] = std::from_chars(p, end, value);
        if (error == std::errc{}) {
            found.push_back(value);
            p = next;
        } else {
            ++p;  // brackets, commas, spaces
        }
    }
    return found;
}

bool truthy(const std::string& text) {
    const std::string t = lower(text);
    return t == "true" || t == "yes" || t == "1";
}

// "person bicycle ..." (blanks inside a name are underscores) or "{0: 'person', 1: \"...\"}".
std::vector<std::string> labels_of(const std::string& text) {
    std::vector<std::string> labels;
    if (text.find('{') == std::string::npos) {
        std::istringstream words(text);
        for (std::string word; labels.size() < kMaxLabels && words >> word;)
            labels.push_back(word);
        return labels;
    }
    for (std::size_t at = 0; labels.size() < kMaxLabels;) {
        const auto open = text.find_first_of("'\"", at);
        if (open == std::string::npos) break;
        const auto close = text.find(text[open], open + 1);
        if (close == std::string::npos) break;
        labels.push_back(text.substr(open + 1, close - open - 1));
        at = close + 1;
    }
    return labels;
}

// Protocol buffers' wire format, as far as ModelProto needs it.
class WireReader {
  public:
    explicit WireReader(std::istream& in) : in_(in) {}

    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const int byte = in_.get();
            if (byte < 0) return std::nullopt;
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        return std::nullopt;
    }
    std::optional<std::string> bytes(std::uint64_t length) {
        if (length > kMaxEntry) return std::nullopt;
        std::string text(length, '\0');
        in_.read(text.data(), static_cast<std::streamsize>(length));
        if (static_cast<std::uint64_t>(in_.gcount()) != length) return std::nullopt;
        return text;
    }
    bool skip(std::uint64_t length) {
        return length < (1ull << 40) && in_.seekg(static_cast<std::streamoff>(length), std::ios::cur).good();
    }
    // Skips the value after a tag of this wire type.
    bool skip_value(std::uint64_t type) {
        switch (type) {
            case 0:
                return varint().has_value();
            case 1:
                return skip(8);
            case 2: {
                const auto length = varint();
                return length && skip(*length);
            }
            case 5:
                return skip(4);
            default:
                return false;
        }
    }

  private:
    std::istream& in_;
};

void read_entry(const std::string& bytes, KeyValues& values) {
    std::istringstream in(bytes);
    WireReader reader(in);
    std::string key, value;
    while (const auto tag = reader.varint()) {
        const auto length = (*tag & 7) == 2 ? reader.varint() : std::nullopt;
        auto text = length ? reader.bytes(*length) : std::nullopt;
        if (!text) return;
        if (*tag >> 3 == 1)
            key = std::move(*text);
        else if (*tag >> 3 == 2)
            value = std::move(*text);
    }
    if (!key.empty()) values[key] = value;
}

std::string end_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (!in) return {};
    const auto size = static_cast<std::streamoff>(in.tellg());
    in.seekg(std::max<std::streamoff>(0, size - kTail));
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

KeyValues ir_model_info(std::string_view xml) {
    KeyValues values;
    const auto begin = xml.find("<model_info>"), end = xml.find("</model_info>");
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return values;
    const std::string_view body = xml.substr(begin + 12, end - begin - 12);
    for (std::size_t at = 0; (at = body.find('<', at)) != std::string_view::npos;) {
        const auto close = body.find('>', at);
        if (close == std::string_view::npos) break;
        const std::string_view tag = body.substr(at + 1, close - at - 1);
        at = close + 1;
        const auto quote = tag.find("value=\"");
        if (quote == std::string_view::npos) continue;
        const auto stop = tag.find('"', quote + 7);
        if (stop == std::string_view::npos) continue;
        values[std::string(tag.substr(0, tag.find(' ')))] =
            unescaped(std::string(tag.substr(quote + 7, stop - quote - 7)));
    }
    return values;
}

KeyValues onnx_metadata(const std::filesystem::path& file) {
    constexpr std::uint64_t kMetadataProps = 14;  // field of onnx.ModelProto
    KeyValues values;
    std::ifstream in(file, std::ios::binary);
    WireReader reader(in);
    while (const auto tag = in ? reader.varint() : std::nullopt) {
        if (*tag != (kMetadataProps << 3 | 2)) {
            if (!reader.skip_value(*tag & 7)) break;
            continue;
        }
        const auto length = reader.varint();
        const auto bytes = length ? reader.bytes(*length) : std::nullopt;
        if (!bytes) break;
        read_entry(*bytes, values);
    }
    return values;
}

ModelMetadata interpret(const KeyValues& values) {
    const auto get = [&](std::initializer_list<const char*> keys) {
        for (const char* key : keys) {
            if (const auto found = values.find(key); found != values.end()) return found->second;
        }
        return std::string();
    };
    ModelMetadata m;
    m.model_type = get({"model_type"});
    m.labels = labels_of(get({"labels", "names"}));
    m.resize_type = get({"resize_type"});
    m.mean = numbers(get({"mean_values"}));
    m.scale = numbers(get({"scale_values"}));
    m.reverse_channels = truthy(get({"reverse_input_channels"}));
    m.preprocessing_inside = truthy(get({"embedded_processing"}));
    const auto size = numbers(get({"imgsz"}));  // height, width
    if (size.size() == 2 && size[0] > 0 && size[1] > 0 && size[0] < 1e5 && size[1] < 1e5) {
        m.input_height = static_cast<int>(size[0]);
        m.input_width = static_cast<int>(size[1]);
    }
    return m;
}

ModelMetadata read_metadata(const std::filesystem::path& model) {
    const std::string ending = lower(model.extension().string());
    if (ending == ".xml") return interpret(ir_model_info(end_of_file(model)));
    if (ending == ".onnx") return interpret(onnx_metadata(model));
    return {};
}

}  // namespace chairside
