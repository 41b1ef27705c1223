# Ten keys of one team, as `cargo xtask bench` repeats them: each with a policy, a replica, an alias and three consumers.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "replica"
  region = "eu-central-1"
}

module "team_0" {
  source = "./modules/team"

  team = "team_0"
  keys = ["audit", "billing", "catalog", "delivery", "events", "files", "gateway", "history", "identity", "journal"]

  providers = {
    aws         = aws
    aws.replica = aws.replica
  }
}
