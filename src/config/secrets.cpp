#include "config/secrets.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "config/address.hpp"

namespace chairside {
namespace {

constexpr std::size_t kMaxSecretBytes = 64 * 1024;
constexpr std::string_view kHowTo = "allowed: text, {env: NAME} or {file: path}";

bool valid_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (name.empty() || !letter(name.front())) return false;
    for (const char c : name)
        if (!letter(c) && !(c >= '0' && c <= '9')) return false;
    return true;
}

Parsed<std::string> from_environment(const std::string& name) {
    if (!valid_name(name))
        return tl::unexpected(
            std::string("the name of an environment variable has letters, digits and _ only"));
    const char* value = std::getenv(name.c_str());
    if (!value) return tl::unexpected("the environment variable '" + without_secrets(name) + "' is not set");
    if (*value == '\0')
        return tl::unexpected("the environment variable '" + without_secrets(name) + "' is empty");
    return std::string(value);
}

Parsed<std::string> from_file(const std::filesystem::path& base, const std::string& name) {
    std::error_code ignored;
    const std::filesystem::path path = (base / name).lexically_normal();
    const std::string shown = "the file '" + without_secrets(name) + "'";
    if (!std::filesystem::exists(path, ignored)) return tl::unexpected(shown + " does not exist");
    // A pipe or a device could keep us waiting for ever.
    if (!std::filesystem::is_regular_file(path, ignored))
        return tl::unexpected(shown + " is not a regular file");
    std::ifstream stream(path, std::ios::binary);
    std::string text(kMaxSecretBytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad() || (!stream.is_open())) return tl::unexpected(shown + " cannot be read");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kMaxSecretBytes) return tl::unexpected(shown + " is larger than 64 KB");
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    if (text.empty()) return tl::unexpected(shown + " is empty");
    return text;
}

std::optional<std::string> base64url_decoded(std::string_view text) {
    static constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const auto value = kAlphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = ((bits << 6) | static_cast<unsigned>(value)) & 0xFFFFFF;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>((bits >> held) & 0xFF);
    }
    return out;
}

// The member "role" of a JSON Web Token's payload; empty if this is no such token.
std::string token_role(std::string_view token) {
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos) return {};
    const auto payload = base64url_decoded(token.substr(first + 1, second - first - 1));
    if (!payload) return {};
    const auto json = nlohmann::json::parse(*payload, nullptr, false);
    if (!json.is_object()) return {};
    const auto role = json.find("role");
    return role != json.end() && role->is_string() ? role->get<std::string>() : std::string();
}

// Whether position `at` of an address lies in its user and password.
bool in_user_part(std::string_view text, std::size_t at) {
    const auto mark = text.find("://");
    if (mark == std::string_view::npos || at < mark) return false;
    const auto end = std::min(text.find_first_of("/?#", mark + 3), text.size());
    const auto sign = text.substr(0, end).rfind('@');
    return sign != std::string_view::npos && at < sign;
}

}  // namespace

std::optional<std::string> read_secret(Context& context, const YamlNode& node, const std::string& key) {
    const auto fault = [&](const YamlNode& at, const std::string& message) {
        context.faults.add(at, key, message);
        return std::nullopt;
    };
    if (node.kind == YamlNode::Kind::kScalar) return node.text;
    if (node.kind != YamlNode::Kind::kMap)
        return fault(
            node, std::string(node.kind == YamlNode::Kind::kNull ? "found nothing" : "found a list") + "; " +
                      std::string(kHowTo));
    if (node.keys.size() != 1 || (node.keys[0].text != "env" && node.keys[0].text != "file"))
        return fault(node, "found a map that is not just 'env' or 'file'; " + std::string(kHowTo));
    const YamlNode& value = node.items[0];
    if (value.kind != YamlNode::Kind::kScalar || value.text.empty())
        return fault(value, "after '" + node.keys[0].text + "' a name must follow; " + std::string(kHowTo));
    const bool is_env = node.keys[0].text == "env";
    auto text = is_env ? from_environment(value.text) : from_file(context.base, value.text);
    if (!text) return fault(value, text.error());
    context.secrets.push_back(*text);
    return *text;
}

Parsed<std::string> expand_environment(std::string_view text, std::vector<std::string>& values) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text.substr(i, 3) == "$${") {
            out += "${";
            i += 3;
            continue;
        }
        if (text.substr(i, 2) != "${") {
            out += text[i++];
            continue;
        }
        const auto close = text.find('}', i);
        if (close == std::string_view::npos)
            return tl::unexpected(std::string("'${' is never closed by '}'"));
        const auto value = from_environment(std::string(text.substr(i + 2, close - i - 2)));
        if (!value) return tl::unexpected(value.error());
        values.push_back(*value);
        out += in_user_part(text, i) ? percent_encoded(*value) : *value;
        i = close + 1;
    }
    return out;
}

std::optional<std::string> key_fault(std::string_view key) {
    constexpr std::string_view kReason =
        "it opens every row of every branch, so it must never be in a shop; use the publishable key "
        "(sb_publishable_...)";
    if (key.rfind("sb_secret_", 0) == 0) return "found a secret key: " + std::string(kReason);
    if (token_role(key) == "service_role")
        return "found a key with the role service_role: " + std::string(kReason);
    return std::nullopt;
}

}  // namespace chairside
