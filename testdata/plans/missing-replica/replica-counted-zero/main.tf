provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

variable "replicate" {
  type    = bool
  default = false
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "enabled"
  }
}

resource "aws_kms_replica_key" "app" {
  count    = var.replicate ? 1 : 0
  provider = aws.frankfurt

  description     = "orders"
  primary_key_arn = aws_kms_key.app.arn
}
