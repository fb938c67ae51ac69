#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// Checks bodies against the schemas of the OpenAPI document.
class BodyCheck {
public:
    static constexpr std::size_t max_faults = 20;
    static constexpr std::size_t max_text = 4096;  // octets of each text

    /// `schemas`: components.schemas of the document.
    explicit BodyCheck(const boost::json::object& schemas);
    ~BodyCheck();

    /// Empty: it is good.
    std::vector<Problem::Fault> faults(std::string_view schema, const boost::json::value& body) const;

private:
    struct Schemas;
    std::unique_ptr<Schemas> schemas_;
};

}  // namespace busbar::manage
