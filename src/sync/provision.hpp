#pragma once
// A new branch and a new device at the project: what the owner does by hand (docs/supabase.md, steps 6 and 7), as text
// to run elsewhere, or done here with the owner's secret key. That key is in the requests' headers only: it is in no
// result, no error and no file.

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sync/transport.hpp"

namespace chairside {

struct NewDevice {
    std::string url;  // of the project
    std::string branch, branch_name, timezone;
    std::string day_end = "00:00";  // "HH:MM"
    std::string device;
    std::string email, password;
};

// 24 characters that are hard to guess and easy to type, from the system's random source.
std::string make_password();

// What to run in the SQL editor and on a command line. `$CHAIRSIDE_SERVICE_KEY` stands for the secret key.
std::string provisioning_script(const NewDevice& device);
// What goes into the device's configuration; the password, or where it is read from.
std::string config_snippet(const NewDevice& device, const std::string& publishable_key,
                           const std::string& password_file);

// Does it, and calls `done` with each step in words. A branch that is there already stays as it is, but must have the
// same time zone and end of day. A device that is there already gets this log-in only with `replace`. On failure no
// user is left behind that belongs to no device.
Result<void> provision(Transport& transport, const std::string& secret_key, const NewDevice& device,
                       bool replace, const std::function<void(const std::string&)>& done);

// Why a key is not one that may do this; empty: it may.
std::string service_key_fault(const std::string& key);

}  // namespace chairside
