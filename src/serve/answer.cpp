#include "serve/answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace chairside {
namespace {

constexpr std::size_t kLongestQuote = 60;

std::string in_quotes(std::string_view text) {
    std::string out(text.substr(0, kLongestQuote));
    // Never half a character.
    while (out.size() < text.size() && !out.empty() &&
           (static_cast<unsigned char>(text[out.size()]) & 0xC0) == 0x80)
        out.pop_back();
    return "'" + out + (out.size() < text.size() ? "…'" : "'");
}

std::string listed(std::initializer_list<std::string_view> words) {
    std::string out;
    for (const auto word : words)
        out += (out.empty() ? "" : ", ") + std::string(word);
    return out;
}

std::string shown(const Json& value) {
    if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
    if (value.is_array()) return "a list";
    if (value.is_object()) return "an object";
    return value.dump();
}

std::string trimmed(double value) {
    return Json(value).dump();
}

std::string range_words(double low, double high) {
    const auto number = [](double v) {
        return std::floor(v) == v ? std::to_string(static_cast<long long>(v)) : trimmed(v);
    };
    return number(low) + " to " + number(high);
}

int depth_of(const std::string& text) {
    int depth = 0, most = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_text) {
            if (c == '\\') ++i;
            if (c == '"') in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '[' || c == '{') {
            most = std::max(most, ++depth);
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return most;
}

// As people count, not bytes.
std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

// ---- Answers

const char* title_of(int status) {
    switch (status) {
        case 400:
            return "Bad request";
        case 401:
            return "Log in first";
        case 403:
            return "Not allowed";
        case 404:
            return "Not found";
        case 405:
            return "Method not allowed";
        case 409:
            return "Not now";
        case 412:
            return "Changed in between";
        case 413:
            return "Too large";
        case 415:
            return "Not JSON";
        case 421:
            return "Wrong name";
        case 429:
            return "Too often";
        case 503:
            return "Not available";
        default:
            return "Internal error";
    }
}

tl::unexpected<Problem> problem(int status, std::string detail, std::string type) {
    return tl::unexpected(Problem{status, title_of(status), std::move(detail), std::move(type)});
}

tl::unexpected<Problem> problem(const Error& error) {
    switch (error.kind) {
        case ErrorKind::kInvalid:
            return problem(400, error.message);
        case ErrorKind::kNotFound:
            return problem(404, error.message);
        case ErrorKind::kUnavailable:
        case ErrorKind::kCancelled:
        case ErrorKind::kIo:
            return problem(503, error.message);
        default:
            return problem(500, error.message);
    }
}

tl::unexpected<Problem> faulty(std::vector<ApiFault> faults) {
    Problem out{400, title_of(400), "", "about:blank", std::move(faults)};
    const ApiFault& first = out.faults.front();
    out.detail = first.at.empty() ? first.words : first.at + ": " + first.words;
    return tl::unexpected(std::move(out));
}

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

WebResponse as_response(const Problem& p) {
    Json json{{"type", p.type}, {"title", p.title}, {"status", p.status}};
    if (!p.detail.empty()) json["detail"] = p.detail;
    for (const auto& [at, words] : p.faults)
        json["faults"].push_back({{"at", at}, {"words", words}});
    json.update(p.more);
    WebResponse out = json_response(json, p.status);
    out.type = "application/problem+json";
    out.headers = p.headers;
    return out;
}

WebResponse json_response(const Json& json, int status) {
    WebResponse out;
    out.status = status;
    out.body = dumped(json);
    return out;
}

double to_milli(double seconds) {
    return std::round(seconds * 1000) / 1000;
}

Json or_null(const std::optional<double>& value) {
    return value ? Json(to_milli(*value)) : Json(nullptr);
}

Json time_or_null(const std::optional<WallTime>& time) {
    return time ? Json(format_utc(*time)) : Json(nullptr);
}

// ---- QueryReader

std::optional<std::string> QueryReader::text(std::string_view name, std::size_t longest) {
    known_.push_back(name);
    std::optional<std::string> out;
    for (const auto& [key, value] : query_) {
        if (key != name) continue;
        if (out) {
            fault(name, "is given twice; allowed is once");
            return std::nullopt;
        }
        out = value;
    }
    if (out && (out->empty() || characters(*out) > longest)) {
        fault(name, out->empty() ? "is empty; leave it out"
                                 : "is longer than " + std::to_string(longest) + " characters");
        return std::nullopt;
    }
    return out;
}

std::optional<std::string> QueryReader::choice(std::string_view name,
                                               std::initializer_list<std::string_view> allowed) {
    auto value = text(name, 1000);
    if (!value || std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return value;
    fault(name, "found " + in_quotes(*value) + "; allowed: " + listed(allowed));
    return std::nullopt;
}

int QueryReader::integer(std::string_view name, int low, int high, int fallback) {
    const auto value = text(name, 1000);
    if (!value) return fallback;
    int out = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), out);
    if (error == std::errc() && end == value->data() + value->size() && out >= low && out <= high) return out;
    fault(name, "found " + in_quotes(*value) + "; allowed: a whole number from " + range_words(low, high));
    return fallback;
}

std::optional<WallTime> QueryReader::time(std::string_view name) {
    const auto value = text(name, 1000);
    if (!value) return std::nullopt;
    if (const auto time = parse_iso(*value)) return *time;
    fault(name, "found " + in_quotes(*value) + "; allowed: a time like 2026-11-22T08:00:00Z");
    return std::nullopt;
}

std::optional<std::string> QueryReader::date(std::string_view name) {
    auto value = text(name, 1000);
    if (!value) return std::nullopt;
    if (value->size() == 10 && *value >= "1971-01-01" && *value <= "2999-12-31" &&
        TimeZone::add_days(*value, 0))
        return value;
    fault(name, "found " + in_quotes(*value) + "; allowed: a date like 2026-11-22");
    return std::nullopt;
}

void QueryReader::fault(std::string_view name, std::string words) {
    faults_.push_back({std::string(name), std::move(words)});
}

std::optional<Problem> QueryReader::faults() {
    for (const auto& [name, value] : query_)
        if (std::find(known_.begin(), known_.end(), name) == known_.end())
            fault(name.substr(0, kLongestQuote), "is no parameter of this call");
    if (faults_.empty()) return std::nullopt;
    return faulty(std::move(faults_)).value();
}

// ---- ObjectReader

ObjectReader::ObjectReader(const Json& object, std::string at, std::vector<ApiFault>& faults)
    : object_(&object), at_(std::move(at)), faults_(faults) {
    if (object.is_object()) return;
    faults_.push_back({at_, "found " + shown(object) + "; allowed: an object"});
    static const Json kNone = Json::object();
    object_ = &kNone;
}

const Json* ObjectReader::find(const std::string& name, bool required) {
    known_.push_back(name);
    const auto found = object_->find(name);
    if (found != object_->end()) return &*found;
    if (required) fault(name, "is missing");
    return nullptr;
}

std::optional<std::string> ObjectReader::text(const std::string& name, std::size_t least, std::size_t most,
                                              bool required) {
    const Json* value = find(name, required);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
        fault(name, "found " + shown(*value) + "; allowed: text");
        return std::nullopt;
    }
    const auto& text = value->get_ref<const std::string&>();
    const std::size_t length = characters(text);
    if (length < least || length > most) {
        fault(name, "has " + std::to_string(length) + " characters; allowed: " + std::to_string(least) +
                        " to " + std::to_string(most));
        return std::nullopt;
    }
    return text;
}

std::optional<double> ObjectReader::number(const std::string& name, double low, double high) {
    const Json* value = find(name, false);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) {
        const double number = value->get<double>();
        if (number >= low && number <= high) return number;
    }
    fault(name, "found " + shown(*value) + "; allowed: a number from " + range_words(low, high));
    return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(const std::string& name, std::int64_t low,
                                                  std::int64_t high) {
    const Json* value = find(name, false);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) {
        const double number = value->get<double>();
        if (number >= static_cast<double>(low) && number <= static_cast<double>(high) &&
            std::floor(number) == number)
            return static_cast<std::int64_t>(number);
    }
    fault(name, "found " + shown(*value) + "; allowed: a whole number from " + std::to_string(low) + " to " +
                    std::to_string(high));
    return std::nullopt;
}

std::optional<std::string> ObjectReader::choice(const std::string& name,
                                                std::initializer_list<std::string_view> allowed,
                                                bool required) {
    const Json* value = find(name, required);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) {
        const auto& text = value->get_ref<const std::string&>();
        if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return text;
    }
    fault(name, "found " + shown(*value) + "; allowed: " + listed(allowed));
    return std::nullopt;
}

const Json* ObjectReader::list(const std::string& name, std::size_t most, bool required) {
    const Json* value = find(name, required);
    if (value == nullptr) return nullptr;
    if (value->is_array() && value->size() <= most) return value;
    fault(name, value->is_array() ? "has " + std::to_string(value->size()) + " items; allowed: up to " +
                                        std::to_string(most)
                                  : "found " + shown(*value) + "; allowed: a list");
    return nullptr;
}

void ObjectReader::no_others() {
    for (const auto& [name, value] : object_->items())
        if (std::find(known_.begin(), known_.end(), name) == known_.end())
            fault(name.substr(0, kLongestQuote), "is no member of this object");
}

// ---- Bodies

tl::expected<Json, Problem> read_json(const WebRequest& request) {
    if (!request.header("content-type").starts_with("application/json"))
        return problem(415, "The body must be JSON, with Content-Type: application/json.");
    if (request.body.size() > kMostJsonBytes)
        return problem(413, "The body has " + std::to_string(request.body.size()) + " bytes; allowed are " +
                                std::to_string(kMostJsonBytes) + ".");
    if (depth_of(request.body) > kMostJsonDepth)
        return problem(400,
                       "The body is nested more than " + std::to_string(kMostJsonDepth) + " levels deep.");
    Json json = Json::parse(request.body, nullptr, false);
    if (json.is_discarded()) return problem(400, "The body is not JSON.");
    if (!json.is_object()) return problem(400, "The body is " + shown(json) + "; allowed: an object.");
    return json;
}

}  // namespace chairside
