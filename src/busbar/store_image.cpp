#include <fmt/format.h>

#include <iostream>
#include <map>

#include "busbar/point_text.hpp"
#include "busbar/store_pages.hpp"
#include "busbar/store_visit.hpp"
#include "busbar/subcommand.hpp"
#include "store/image_loader.hpp"

namespace busbar::program {

int store_get(const config::StoreOptions& store, const GetOptions& options) {
    StoreVisit visit(store);
    store::ImageLoader loader(visit.store());
    const PointText text(options.json);
    std::string line;
    return visit.run([&] {
        loader.load(
            {options.address},
            [&](store::ImageAddress address, std::optional<std::string_view> json) {
                if (json) line = text.line(address, *json);
            },
            [&](const std::string& error) {
                if (!error.empty() || line.empty()) {
                    std::cerr << store::image_key(options.address) << ": "
                              << (error.empty() ? "there is no such point" : error) << '\n';
                    return visit.finish(exit_failed);
                }
                std::cout << text.heading() << line;
                visit.finish(exit_good);
            });
    });
}

namespace {

/// Those with the smallest addresses, as many as are wanted: memory does not grow with the image.
class Smallest {
public:
    explicit Smallest(std::size_t limit) : limit_(limit) {}

    void take(store::ImageAddress address, std::string_view json) {
        if (limit_ != 0 && points_.size() >= limit_ && points_.rbegin()->first < address) {
            left_out_ = true;
            return;
        }
        points_.insert_or_assign(address, std::string(json));
        if (limit_ == 0 || points_.size() <= limit_) return;
        points_.erase(std::prev(points_.end()));
        left_out_ = true;
    }

    const std::map<store::ImageAddress, std::string>& points() const { return points_; }
    bool left_out() const { return left_out_; }

private:
    std::size_t limit_;
    std::map<store::ImageAddress, std::string> points_;
    bool left_out_ = false;
};

}  // namespace

int store_list(const config::StoreOptions& store, const ListOptions& options) {
    StoreVisit visit(store);
    store::ImageLoader loader(visit.store());
    Smallest found(options.limit);
    const auto take = [&](store::ImageAddress address, std::optional<std::string_view> json) {
        if (json && (!options.casdu || *options.casdu == address.casdu)) found.take(address, *json);
    };
    const auto show = [&](const std::string& error) {
        if (!error.empty()) {
            std::cerr << "busbar store list: " << error << '\n';
            return visit.finish(exit_failed);
        }
        const PointText text(options.json);
        std::cout << text.heading();
        for (const auto& [address, json] : found.points()) std::cout << text.line(address, json);
        if (found.left_out()) std::cerr << "the first " << options.limit << "; --limit 0 shows all\n";
        visit.finish(exit_good);
    };
    return visit.run([&] { loader.load_all(take, show); });
}

}  // namespace busbar::program
