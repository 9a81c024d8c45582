#include "last_words.hpp"

#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "commands.hpp"

namespace chairside {
namespace {

// Given back before the last line is made.
constexpr std::size_t kReserve = 1 << 20;
std::unique_ptr<std::vector<char>>& reserve() {
    static std::unique_ptr<std::vector<char>> memory;
    return memory;
}

[[noreturn]] void end() noexcept {
    reserve().reset();
    try {
        if (const auto error = std::current_exception()) std::rethrow_exception(error);
        log_last_words("the service ends for a reason that nobody knows; it is started anew");
    } catch (const std::bad_alloc&) {
        log_last_words("there is no memory left; the service ends, so that it is started anew");
        std::_Exit(kExitStuck);
    } catch (const std::exception& error) {
        log_last_words("the service ends by an error that nobody expected; it is started anew: " +
                       std::string(error.what()));
    } catch (...) {
        log_last_words("the service ends by an error that nobody expected; it is started anew");
    }
    std::abort();
}

}  // namespace

void say_last_words() {
    reserve() = std::make_unique<std::vector<char>>(kReserve, '\1');
    std::set_terminate(end);
}

}  // namespace chairside
