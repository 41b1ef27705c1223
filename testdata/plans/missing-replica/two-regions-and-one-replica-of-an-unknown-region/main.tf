provider "aws" {
  region = "eu-west-1"
}

locals {
  dr_region = "eu-central-1"
}

provider "aws" {
  alias  = "dr"
  region = local.dr_region
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "eu-central-1 us-east-1"
  }
}

resource "aws_kms_replica_key" "app" {
  provider = aws.dr

  description     = "orders"
  primary_key_arn = aws_kms_key.app.arn
}
