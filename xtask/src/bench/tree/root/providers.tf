provider "aws" {
  region              = var.region
  allowed_account_ids = ["111122223333"]

  assume_role {
    role_arn     = "arn:aws:iam::111122223333:role/terraform-TEAM"
    session_name = "TEAM-${var.environment}"
  }

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias               = "replica"
  region              = var.replica_region
  allowed_account_ids = ["111122223333"]

  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/terraform-TEAM"
  }

  default_tags {
    tags = merge(local.tags, { Replica = "true" })
  }
}

# Certificates of CloudFront are in this Region only.
provider "aws" {
  alias  = "global"
  region = "us-east-1"
}
