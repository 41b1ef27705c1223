provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "dr"
  region = var.dr_region
}

variable "dr_region" {
  type    = string
  default = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  provider = aws.dr

  description     = "orders"
  primary_key_arn = aws_kms_key.app.arn
}
