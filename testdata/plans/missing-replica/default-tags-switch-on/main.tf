provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      CrossRegionReplication = "true"
    }
  }
}

resource "aws_kms_key" "inherits" {
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_key" "overrides" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "false"
  }
}
